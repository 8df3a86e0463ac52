# SPDX-License-Identifier: Apache-2.0
#
# The pages for browsers, web/ in the build folder, where the program finds them: target "web". Pages
# load the modules of target "browser" from assets/sm, so they are part of it, and it is not of "all".
set(web ${CMAKE_BINARY_DIR}/web)
file(GLOB_RECURSE ASSENT_WEB_FILES CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web
     ${CMAKE_SOURCE_DIR}/web/*.html ${CMAKE_SOURCE_DIR}/web/assets/*)
set(copies)
foreach(file ${ASSENT_WEB_FILES})
  assent_web_copy(${CMAKE_SOURCE_DIR}/web/${file} ${web}/${file})
  list(APPEND copies ${web}/${file})
endforeach()
foreach(file assent-sm.mjs assent-sm.wasm verify/verifier.mjs verify/verifier.wasm)
  get_filename_component(name ${file} NAME)
  assent_web_copy(${web}/${file} ${web}/assets/sm/${name})
  list(APPEND copies ${web}/assets/sm/${name})
endforeach()
add_custom_target(web DEPENDS ${copies})
# Or both would make the same module at the same time.
add_dependencies(web browser)
