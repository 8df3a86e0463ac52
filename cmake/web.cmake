# SPDX-License-Identifier: Apache-2.0
#
# The pages for browsers, web/ in the build folder, where the program finds them: target "web". The
# modules that they load (target "browser") belong to them, so it is not part of "all".
set(web ${CMAKE_BINARY_DIR}/web)
file(GLOB_RECURSE ASSENT_WEB_FILES CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web
     ${CMAKE_SOURCE_DIR}/web/*)
set(copies)
foreach(file ${ASSENT_WEB_FILES})
  assent_web_copy(${CMAKE_SOURCE_DIR}/web/${file} ${web}/${file})
  list(APPEND copies ${web}/${file})
endforeach()
add_custom_target(web DEPENDS ${copies})
add_dependencies(web browser)
