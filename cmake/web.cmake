# SPDX-License-Identifier: Apache-2.0
#
# The pages for browsers, web/ in the build folder, where the program finds them: target "web", which
# is not part of "all". Where the modules for browsers are built (target "browser"), they belong to it.
file(GLOB_RECURSE ASSENT_WEB_FILES CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web
     ${CMAKE_SOURCE_DIR}/web/*)
set(copies)
foreach(file ${ASSENT_WEB_FILES})
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/web/${file}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/web/${file} ${CMAKE_BINARY_DIR}/web/${file}
    DEPENDS ${CMAKE_SOURCE_DIR}/web/${file}
    VERBATIM)
  list(APPEND copies ${CMAKE_BINARY_DIR}/web/${file})
endforeach()
add_custom_target(web DEPENDS ${copies})
if(TARGET browser)
  add_dependencies(web browser)
endif()
