# SPDX-License-Identifier: Apache-2.0
#
# WebAssembly out of the tree's own C: Debian's clang and its linker, no SDK, no system interface. What
# a module would have to import does not link. The same sources give the same bytes with the same
# compiler, wherever they lie. Nothing of it is part of "all", because only it needs clang-14 and
# lld-14; target "browser" is all that pages load.

# Where pages find the modules.
set(ASSENT_WEB_MODULES ${CMAKE_BINARY_DIR}/web/assets/sm)
file(MAKE_DIRECTORY ${ASSENT_WEB_MODULES})

set(ASSENT_WASM_FLAGS
    --target=wasm32 -std=c17 -D_GNU_SOURCE -fno-strict-aliasing
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wformat=2 -Werror
    # a size_t of 32 bits makes some bounds always hold
    -Wno-tautological-constant-out-of-range-compare
    -fvisibility=hidden -ffunction-sections -fdata-sections -nostdlibinc)

# Compile one file below `root`, which is src or where files are generated. `flags` are the module's.
function(assent_wasm_compile name root file flags generators ret)
  string(REPLACE "/" "_" object ${file})
  set(object ${CMAKE_BINARY_DIR}/wasm/${name}/${object}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND clang-14 ${ASSENT_WASM_FLAGS} ${flags} -MD -MF ${object}.d -c ${root}/${file} -o ${object}
    DEPENDS ${root}/${file} ${generators}
    DEPFILE ${object}.d
    COMMENT "Compiling ${file} to WebAssembly"
    VERBATIM)
  set(${ret} ${object} PARENT_SCOPE)
endfunction()

# assent_add_wasm(<name> SOURCES <file below src>... OUTPUT <file> MEMORY <most bytes> STACK <bytes>
#                 [EMBEDDED <module>...] [INCLUDES <folder of a C library>...] [FLAGS <flag>...]
#                 [LINK <flag>...] [FAST <regex>] [MEDIUM <regex>])
# One module of these files and of what cmake/embed.cmake makes of the modules named. It exports what
# is marked visible, and the linker drops what no export reaches. Small by default, because a page
# loads it; FAST (-O3) and MEDIUM (-Os) say of "/<file>" where the time goes.
function(assent_add_wasm name)
  cmake_parse_arguments(WASM "" "OUTPUT;MEMORY;STACK;FAST;MEDIUM"
                        "SOURCES;EMBEDDED;INCLUDES;FLAGS;LINK" ${ARGN})
  set(flags ${WASM_FLAGS})
  foreach(folder ${WASM_INCLUDES})
    list(APPEND flags -isystem ${CMAKE_SOURCE_DIR}/src/${folder})
  endforeach()
  list(APPEND flags -I${CMAKE_SOURCE_DIR}/src)
  set(objects)
  # Headers of embedded files have to be there before the first file is compiled, also those of files
  # that the linker drops.
  set(generators)
  if(WASM_EMBEDDED)
    get_property(generators GLOBAL PROPERTY assent_embedded_headers)
  endif()
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/wasm/${name})
  foreach(file ${WASM_SOURCES})
    set(optimize -Oz)
    if(WASM_FAST AND "/${file}" MATCHES "${WASM_FAST}")
      set(optimize -O3)
    elseif(WASM_MEDIUM AND "/${file}" MATCHES "${WASM_MEDIUM}")
      set(optimize -Os)
    elseif(file MATCHES "(string|text)_wasm")
      # or a loop in memcpy would become a call of memcpy
      set(optimize -O2 -fno-builtin)
    endif()
    set(embedded)
    if(WASM_EMBEDDED)
      set(embedded -I${CMAKE_BINARY_DIR}/generated)
    endif()
    assent_wasm_compile(${name} ${CMAKE_SOURCE_DIR}/src ${file} "${flags};${embedded};${optimize}"
                        "${generators}" object)
    list(APPEND objects ${object})
  endforeach()
  foreach(module ${WASM_EMBEDDED})
    assent_target_name(${module} target)
    assent_wasm_compile(${name} ${CMAKE_BINARY_DIR}/generated ${module}/embedded.c
                        "${flags};-I${CMAKE_BINARY_DIR}/generated;-Oz" ${target}_embedded object)
    list(APPEND objects ${object})
  endforeach()
  get_filename_component(folder ${WASM_OUTPUT} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${WASM_OUTPUT}
    COMMAND wasm-ld-14 --no-entry --export-dynamic --gc-sections --strip-all --fatal-warnings
            --compress-relocations ${WASM_LINK} -z stack-size=${WASM_STACK} --max-memory=${WASM_MEMORY} -o ${WASM_OUTPUT}
            ${objects}
    DEPENDS ${objects}
    COMMENT "Linking ${name}"
    VERBATIM)
endfunction()

# A file of the tree as pages load it.
function(assent_web_copy source copy)
  add_custom_command(
    OUTPUT ${copy}
    COMMAND ${CMAKE_COMMAND} -E copy ${source} ${copy}
    DEPENDS ${source}
    VERBATIM)
endfunction()
