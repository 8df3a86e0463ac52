# SPDX-License-Identifier: Apache-2.0
#
# Turn src/LAYERS into targets.

# assent_<module with slashes as underscores>
function(assent_target_name module ret)
  string(REPLACE "/" "_" name ${module})
  set(${ret} assent_${name} PARENT_SCOPE)
endfunction()

function(assent_import_libraries target visibility libraries)
  foreach(library ${libraries})
    string(MAKE_C_IDENTIFIER ${library} id)
    if(NOT TARGET PkgConfig::${id})
      pkg_check_modules(${id} REQUIRED IMPORTED_TARGET GLOBAL ${library})
    endif()
    target_link_libraries(${target} ${visibility} PkgConfig::${id})
  endforeach()
endfunction()

# Code that comes in variants is tested on each: once with everything that the CPU has, and again
# with the levels of base/core/cpu.h taken away.
set(ASSENT_MODULES_WITH_VARIANTS base/curve base/sm3 base/sm4 base/crypto)

function(assent_add_variant_tests module name)
  if(module IN_LIST ASSENT_MODULES_WITH_VARIANTS)
    foreach(level portable x86)
      add_test(NAME ${name}@${level} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      set_tests_properties(${name}@${level} PROPERTIES ENVIRONMENT ASSENT_CPU=${level})
    endforeach()
  endif()
endfunction()

function(assent_add_tests module target sources libraries)
  if(NOT sources)
    return()
  endif()
  add_executable(${target}_test ${sources})
  target_link_libraries(${target}_test PRIVATE ${target} assent_base_test)
  assent_import_libraries(${target}_test PRIVATE "${libraries}")
  add_test(NAME ${module} COMMAND ${target}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(module MATCHES "^(base/device|base/softsdf|base/softskf|component/journey|program)$")
    assent_test_plugin(${target}_test)
  endif()
  assent_add_variant_tests(${module} ${module} ${target}_test)
endfunction()

# Every *_fuzz.c becomes a libFuzzer program in the preset "fuzz", and in every other build a
# program that replays the seeds of <module>/testdata/fuzz/<target>/ as part of the tests.
function(assent_add_fuzz_targets module target sources)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    if(ASSENT_FUZZ)
      set(program ${name})
      add_executable(${program} ${source})
      target_link_libraries(${program} PRIVATE ${target} -fsanitize=fuzzer)
      add_dependencies(fuzz_targets ${program})
    else()
      set(program ${name}_replay)
      add_executable(${program} ${source} $<TARGET_OBJECTS:fuzz_replay>)
      target_link_libraries(${program} PRIVATE ${target})
      add_test(NAME ${module}/${name}
               COMMAND ${program} src/${module}/testdata/fuzz/${name}
               WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      assent_add_variant_tests(${module} ${module}/${name} ${program}
                               src/${module}/testdata/fuzz/${name})
    endif()
    # A fuzz target's assertions are its purpose.
    target_compile_options(${program} PRIVATE -UNDEBUG)
  endforeach()
endfunction()

# Code on vectors as gcc 12 -fanalyzer sees it: it takes the number of a vector's lanes for the width
# of one when it judges a shift, and what is stored as a vector for never stored when it is read so.
# -Wshift-count-overflow and -Wuninitialized of the ordinary build judge both right.
set(ASSENT_VECTOR_SOURCES
    base/curve/lanes_[a-z_]+ base/sm3/sm3_lanes_avx2 base/sm4/sm4_slices)

function(assent_leave_vectors_to_the_compiler sources)
  list(JOIN ASSENT_VECTOR_SOURCES "|" names)
  foreach(source ${sources})
    if(CMAKE_C_FLAGS MATCHES "-fanalyzer" AND source MATCHES "/(${names})\\.c$")
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS
                   -Wno-analyzer-shift-count-overflow -Wno-analyzer-use-of-uninitialized-value)
    endif()
  endforeach()
endfunction()

# Where the order of instructions was arranged by hand, and gcc's last pass of scheduling only undoes it:
# 1 to 2 % of the speed of these.
set(ASSENT_ARRANGED_SOURCES base/sm3/sm3_x86 base/sm3/sm3_lanes_avx512 base/curve/lanes_point)

function(assent_keep_order sources)
  list(JOIN ASSENT_ARRANGED_SOURCES "|" names)
  foreach(source ${sources})
    if(CMAKE_C_COMPILER_ID STREQUAL GNU AND source MATCHES "/(${names})\\.c$")
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -fno-schedule-insns2)
    endif()
  endforeach()
endfunction()

function(assent_add_module module dependencies libraries test_libraries)
  set(folder ${CMAKE_SOURCE_DIR}/src/${module})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "(_(test|fuzz|wasm)|/program/main)\\.c$")
  list(FILTER tests INCLUDE REGEX "_test\\.c$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.c$")
  assent_target_name(${module} target)
  if(NOT sources)
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  else()
    add_library(${target} STATIC ${sources})
    set(visibility PUBLIC)
  endif()
  foreach(dependency ${dependencies})
    assent_target_name(${dependency} dependency_target)
    target_link_libraries(${target} ${visibility} ${dependency_target})
  endforeach()
  target_link_libraries(${target} ${visibility} Threads::Threads m)
  assent_import_libraries(${target} ${visibility} "${libraries}")
  if(sources)
    assent_embed(${module} ${target})
    assent_leave_vectors_to_the_compiler("${sources}")
    assent_keep_order("${sources}")
    add_dependencies(analyzed ${target})
  endif()
  if(module STREQUAL "base/test")
    target_compile_definitions(${target} PRIVATE ASSENT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  else()
    assent_add_tests(${module} ${target} "${tests}" "${test_libraries}")
    assent_add_fuzz_targets(${module} ${target} "${fuzzers}")
  endif()
  set_property(GLOBAL PROPERTY ${target}_sources ${sources})
  if(module MATCHES "^base/(softsdf|softskf)$")
    assent_add_plugin(assent-${CMAKE_MATCH_1} "${module};${dependencies}")
  endif()
  if(module STREQUAL "program")
    # The one binary; its tests link the library and run the binary as a user would.
    add_executable(assent ${folder}/main.c)
    target_link_libraries(assent PRIVATE ${target})
    if(TARGET ${target}_test)
      add_dependencies(${target}_test assent)
      target_compile_definitions(${target}_test PRIVATE ASSENT_BINARY="$<TARGET_FILE:assent>")
    endif()
  endif()
endfunction()

# A shared library for dlopen. It is compiled from the sources of its modules and not linked from
# their archives: those are not position-independent in the way a library needs, and making them so
# would cost the program speed. What is not marked for export stays inside.
function(assent_add_plugin target modules)
  set(sources)
  foreach(module ${modules})
    assent_target_name(${module} module_target)
    get_property(module_sources GLOBAL PROPERTY ${module_target}_sources)
    list(APPEND sources ${module_sources})
  endforeach()
  add_library(${target} MODULE ${sources})
  set_target_properties(${target} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  foreach(library jansson zlib libcrypto)
    assent_import_libraries(${target} PRIVATE ${library})
  endforeach()
  target_link_libraries(${target} PRIVATE Threads::Threads m)
  # Its memory for keys and tables lives as long as the process: it is never unloaded.
  target_link_options(${target} PRIVATE -Wl,--gc-sections -Wl,--as-needed -Wl,-z,nodelete)
  target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
endfunction()

# The tests of a module find the plugins as the macros ASSENT_SOFTSDF and ASSENT_SOFTSKF.
function(assent_test_plugin target)
  add_dependencies(${target} assent-softsdf assent-softskf)
  target_compile_definitions(${target} PRIVATE
                             ASSENT_SOFTSDF="$<TARGET_FILE:assent-softsdf>"
                             ASSENT_SOFTSKF="$<TARGET_FILE:assent-softskf>")
endfunction()

function(assent_read_layers file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} lines REGEX "^[a-z]")
  foreach(line ${lines})
    if(NOT line MATCHES "^([a-z/0-9]+) *:([^|]*)(\\|([^|]*)(\\|([^|]*))?)?$")
      message(FATAL_ERROR "src/LAYERS: cannot read \"${line}\"")
    endif()
    set(module ${CMAKE_MATCH_1})
    separate_arguments(dependencies UNIX_COMMAND "${CMAKE_MATCH_2}")
    separate_arguments(libraries UNIX_COMMAND "${CMAKE_MATCH_4}")
    separate_arguments(test_libraries UNIX_COMMAND "${CMAKE_MATCH_6}")
    assent_add_module(${module} "${dependencies}" "${libraries}" "${test_libraries}")
  endforeach()
endfunction()
