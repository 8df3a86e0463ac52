# SPDX-License-Identifier: Apache-2.0
#
# The programs under tests/ that hold the SM core against others and against itself:
# docs/assurance.md says what each shows. Two need what tools/setup installs for tests only; where
# that is missing they are not built, and their tests fail and say so.

pkg_check_modules(ASSENT_GCRYPT QUIET libgcrypt)
find_path(ASSENT_VALGRIND_INCLUDE valgrind/memcheck.h)

# assent_add_assurance(<program> <libraries> <sources...>)
function(assent_add_assurance program libraries)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/tests/)
  add_executable(${program} ${ARGN})
  target_link_libraries(${program} PRIVATE assent_base_crypto)
  assent_import_libraries(${program} PRIVATE "${libraries}")
endfunction()

# assent_add_assurance_test(<name> <level of the CPU or ""> <program> <arguments...>)
function(assent_add_assurance_test name level program)
  if(TARGET ${program})
    add_test(NAME ${name} COMMAND ${program} ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "ASSENT_CPU=${level}")
  else()
    add_test(NAME ${name} COMMAND sh -c "echo '    run tools/setup test, then cmake again'; exit 1")
  endif()
endfunction()

assent_add_assurance(vectors_generate libcrypto
  vectors/generate.c vectors/signatures.c vectors/encodings.c vectors/messages.c
  vectors/symmetric.c oracle/sm2_openssl.c)
assent_add_assurance_test(vectors "" vectors_generate --check src/base/crypto/testdata/vectors)
# It computes, writes and ends: OpenSSL's numbers go with the process.
set_property(TEST vectors APPEND PROPERTY ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)

if(ASSENT_GCRYPT_FOUND)
  assent_add_assurance(differential "libcrypto;libgcrypt"
    differential/differential.c differential/draw.c differential/record.c
    differential/subjects_sm2.c differential/subjects_exchange.c
    differential/subjects_batch.c differential/subjects_curve.c differential/subjects_encoding.c
    differential/subjects_symmetric.c oracle/sm2_openssl.c oracle/gcrypt.c)
endif()
assent_add_assurance_test(differential "" differential)

set(constant_time_operations constant-time/operation.c constant-time/operation_sm2.c
    constant-time/operation_exchange.c constant-time/operation_batch.c
    constant-time/operation_symmetric.c)
assent_add_assurance(constant_time_timing "" constant-time/timing.c ${constant_time_operations})
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  assent_add_assurance(constant_time_trace "" constant-time/trace.c ${constant_time_operations})
endif()

# Sanitizers and valgrind do not go together.
if(NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  if(ASSENT_VALGRIND_INCLUDE)
    assent_add_assurance(constant_time_secrets ""
      constant-time/secrets.c constant-time/cpu_valgrind.c ${constant_time_operations})
  endif()
  foreach(level portable x86)
    assent_add_assurance_test(constant-time@${level} ${level} constant_time_secrets
      tests/constant-time/decisions.supp ${CMAKE_BINARY_DIR}/constant-time-${level}.log)
  endforeach()
endif()
