# SPDX-License-Identifier: Apache-2.0
#
# The verifier for browsers, verifier.wasm and verifier.mjs beside assent-sm.mjs:
# part of target "browser". See docs/verifier.md.

file(STRINGS ${CMAKE_SOURCE_DIR}/src/wasm/verifier/sources.txt verifier_sources REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_SOURCE_DIR}/src/wasm/verifier/sources.txt)
set(verify ${ASSENT_WEB_MODULES})
# 1 GiB: a file of 64 MiB, 192 MiB for judging it, and what lies beside while buffers grow. The stack
# is at the lower end, so that an overflow leaves the memory and is a trap.
assent_add_wasm(verifier
  SOURCES ${verifier_sources}
  EMBEDDED domain/identity
  INCLUDES wasm/libc/include base/browser/libc wasm/json wasm/inflate
  # a text in a condition is how an assertion says what is wrong
  FLAGS -mbulk-memory -msign-ext -DASSENT_VERSION="${PROJECT_VERSION}" -Wno-string-conversion
  FAST "/(field29|invert|inflate/inflate)\\.c$"
  MEDIUM "/(path29|point29|sm3_portable)\\.c$"
  LINK -O2 --stack-first
  STACK 1048576
  MEMORY 1073741824
  OUTPUT ${verify}/verifier.wasm)
assent_web_copy(${CMAKE_SOURCE_DIR}/src/wasm/verifier/verifier.mjs ${verify}/verifier.mjs)
add_custom_target(verifier DEPENDS ${verify}/verifier.wasm ${verify}/verifier.mjs)
add_dependencies(browser verifier)

add_test(NAME web/verify
         COMMAND node tests/web/verifier.test.mjs $<TARGET_FILE:assent> ${verify}
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(web/verify PROPERTIES FIXTURES_REQUIRED browser)
