# SPDX-License-Identifier: Apache-2.0
#
# The person's side in a browser, assent-holder.wasm and assent-holder.mjs beside assent-sm.mjs: part
# of target "browser". See docs/browser-crypto.md.

file(STRINGS ${CMAKE_SOURCE_DIR}/src/wasm/holder/sources.txt holder_sources REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_SOURCE_DIR}/src/wasm/holder/sources.txt)
# 512 MiB: a document of 32 MiB as it is and taken apart. The stack is at the lower end, so that an
# overflow leaves the memory and is a trap.
assent_add_wasm(holder
  SOURCES ${holder_sources}
  INCLUDES wasm/libc/include base/browser/libc wasm/json wasm/inflate
  FLAGS -msimd128 -mbulk-memory -msign-ext -DASSENT_VERSION="${PROJECT_VERSION}" -Wno-string-conversion
  FAST "/(field29|invert|sm4_portable|wasm/inflate/inflate)\\.c$"
  MEDIUM "/(path29|point29|sm3_portable|cff_glyph|pdf_drawing.*)\\.c$"
  LINK -O2 --stack-first
  STACK 1048576
  MEMORY 536870912
  OUTPUT ${ASSENT_WEB_MODULES}/assent-holder.wasm)
assent_web_copy(${CMAKE_SOURCE_DIR}/src/wasm/holder/assent-holder.mjs
                ${ASSENT_WEB_MODULES}/assent-holder.mjs)
add_custom_target(holder DEPENDS ${ASSENT_WEB_MODULES}/assent-holder.wasm
                                 ${ASSENT_WEB_MODULES}/assent-holder.mjs)
add_dependencies(browser holder)

add_test(NAME web/holder
         COMMAND node tests/web/holder.test.mjs $<TARGET_FILE:assent> ${ASSENT_WEB_MODULES}
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(web/holder PROPERTIES FIXTURES_REQUIRED browser)
