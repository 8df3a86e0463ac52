# SPDX-License-Identifier: Apache-2.0
#
# The module for browsers, web/assent-sm.wasm and web/assent-sm.mjs in the build folder: target
# "browser", which is not part of "all" because only it needs clang-14 and lld-14. The same sources
# give the same bytes with the same compiler, wherever they lie.

# What the module is made of: its own room, and of the SM core what does not ask for a system or for
# x86. *_wasm.c take the place of what is left out.
set(ASSENT_BROWSER_FILES
    base/core/bytes.c
    base/codec/der.c base/codec/der_write.c
    base/crypto/sm2.c base/crypto/sm2_der.c
    base/crypto/sm2_encryption.c base/crypto/sm2_signature.c
    base/curve/curve.c base/curve/field29.c base/curve/invert.c base/curve/path29.c
    base/curve/point29.c base/curve/scalar.c)
file(GLOB ASSENT_BROWSER_GLOBBED CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src
     ${CMAKE_SOURCE_DIR}/src/base/browser/*.c ${CMAKE_SOURCE_DIR}/src/base/secret/*.c
     ${CMAKE_SOURCE_DIR}/src/base/sm3/*.c ${CMAKE_SOURCE_DIR}/src/base/sm4/*.c
     ${CMAKE_SOURCE_DIR}/src/base/crypto/self_test_*.c)
list(FILTER ASSENT_BROWSER_GLOBBED EXCLUDE REGEX "_(test|fuzz|x86|aesni|avx2|avx512)\\.c$|/(locked|self_test_batch|self_test_modes)\\.c$")
list(APPEND ASSENT_BROWSER_FILES ${ASSENT_BROWSER_GLOBBED})

# The linker drops what no export reaches. Small by default, because the page loads it; fast where the
# time goes. -fno-builtin keeps a loop in memcpy from becoming a call of memcpy.
set(ASSENT_BROWSER_FLAGS
    --target=wasm32 -msimd128 -std=c17 -D_GNU_SOURCE -fno-strict-aliasing
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wformat=2 -Werror
    # a size_t of 32 bits makes some bounds always hold
    -Wno-tautological-constant-out-of-range-compare
    -fvisibility=hidden -ffunction-sections -fdata-sections
    -nostdlibinc -isystem ${CMAKE_SOURCE_DIR}/src/base/browser/libc -I${CMAKE_SOURCE_DIR}/src)
set(ASSENT_BROWSER_FAST "/(field29|invert|sm4_portable)\\.c$")
set(ASSENT_BROWSER_MEDIUM "/(path29|point29|sm3_portable|sm4_slices)\\.c$")

set(web ${CMAKE_BINARY_DIR}/web)
set(objects)
foreach(file ${ASSENT_BROWSER_FILES})
  string(REPLACE "/" "_" object ${file})
  set(object ${CMAKE_BINARY_DIR}/browser/${object}.o)
  set(optimize -Oz)
  if("/${file}" MATCHES "${ASSENT_BROWSER_FAST}")
    set(optimize -O3)
  elseif("/${file}" MATCHES "${ASSENT_BROWSER_MEDIUM}")
    set(optimize -Os)
  elseif(file MATCHES "string_wasm")
    set(optimize -O2 -fno-builtin)
  endif()
  add_custom_command(
    OUTPUT ${object}
    COMMAND clang-14 ${ASSENT_BROWSER_FLAGS} ${optimize} -MD -MF ${object}.d
            -c ${CMAKE_SOURCE_DIR}/src/${file} -o ${object}
    DEPENDS ${CMAKE_SOURCE_DIR}/src/${file}
    DEPFILE ${object}.d
    COMMENT "Compiling ${file} to WebAssembly"
    VERBATIM)
  list(APPEND objects ${object})
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/browser ${web})
# At most 64 MiB of memory, of which 128 KiB are the stack.
add_custom_command(
  OUTPUT ${web}/assent-sm.wasm
  COMMAND wasm-ld-14 --no-entry --export-dynamic --gc-sections -O2 --strip-all --compress-relocations
          --fatal-warnings
          -z stack-size=131072 --max-memory=67108864 -o ${web}/assent-sm.wasm ${objects}
  DEPENDS ${objects}
  COMMENT "Linking assent-sm.wasm"
  VERBATIM)
add_custom_command(
  OUTPUT ${web}/assent-sm.mjs
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/src/base/browser/assent-sm.mjs
          ${web}/assent-sm.mjs
  DEPENDS ${CMAKE_SOURCE_DIR}/src/base/browser/assent-sm.mjs
  VERBATIM)
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
