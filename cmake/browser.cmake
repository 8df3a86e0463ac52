# SPDX-License-Identifier: Apache-2.0
#
# The module for browsers, assent-sm.wasm and assent-sm.mjs in the build folder: part of target
# "browser".

# What the module is made of: its own room, and of the SM core what does not ask for a system or for
# x86. *_wasm.c take the place of what is left out.
set(ASSENT_BROWSER_FILES
    base/core/bytes.c
    base/codec/der.c base/codec/der_write.c
    base/crypto/sm2.c base/crypto/sm2_der.c
    base/crypto/sm2_encryption.c base/crypto/sm2_signature.c
    base/curve/curve.c base/curve/field29.c base/curve/invert.c base/curve/path29.c
    base/curve/point29.c base/curve/scalar.c base/curve/wnaf.c)
file(GLOB ASSENT_BROWSER_GLOBBED CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src
     ${CMAKE_SOURCE_DIR}/src/base/browser/*.c ${CMAKE_SOURCE_DIR}/src/base/secret/*.c
     ${CMAKE_SOURCE_DIR}/src/base/sm3/*.c ${CMAKE_SOURCE_DIR}/src/base/sm4/*.c
     ${CMAKE_SOURCE_DIR}/src/base/crypto/self_test_*.c)
list(FILTER ASSENT_BROWSER_GLOBBED EXCLUDE REGEX "_(test|fuzz|x86|aesni|avx2|avx512)\\.c$|/(locked|sm3_hmac_many|self_test_batch|self_test_exchange|self_test_modes)\\.c$")
list(APPEND ASSENT_BROWSER_FILES ${ASSENT_BROWSER_GLOBBED})

set(web ${ASSENT_WEB_MODULES})
# At most 64 MiB of memory, of which 128 KiB are the stack.
assent_add_wasm(assent_sm
  SOURCES ${ASSENT_BROWSER_FILES}
  INCLUDES base/browser/libc
  FLAGS -msimd128
  FAST "/(field29|invert|sm4_portable)\\.c$"
  MEDIUM "/(path29|point29|sm3_portable|sm4_slices)\\.c$"
  STACK 131072
  MEMORY 67108864
  OUTPUT ${web}/assent-sm.wasm)
assent_web_copy(${CMAKE_SOURCE_DIR}/src/base/browser/assent-sm.mjs ${web}/assent-sm.mjs)
add_custom_target(browser DEPENDS ${web}/assent-sm.wasm ${web}/assent-sm.mjs)

# The module's tests compare it with the SM core of this machine.
add_executable(browser_peer EXCLUDE_FROM_ALL tests/browser/peer.c)
target_link_libraries(browser_peer PRIVATE assent_base_crypto)
add_test(NAME base/browser/build
         COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target browser browser_peer)
set_tests_properties(base/browser/build PROPERTIES FIXTURES_SETUP browser)
add_test(NAME base/browser/module
         COMMAND node tests/browser/module_test.mjs ${web} $<TARGET_FILE:browser_peer>
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(base/browser/module PROPERTIES FIXTURES_REQUIRED browser)
