# SPDX-License-Identifier: Apache-2.0
#
# Put text and data files into the binary. Every file of a module's folder that matches one of the
# patterns below (schema.sql, openapi.json, templates/*, data/*, ...) becomes one constant in
# generated/<module>/embedded.h: NAME of "templates/letter.txt" in domain/document is
#     extern const unsigned char embedded_templates_letter_txt[]; (zero-terminated)
#     extern const size_t embedded_templates_letter_txt_size;     (without the zero)

set(ASSENT_EMBED_PATTERNS schema.sql openapi.json openapi.yaml templates/* data/* pages/*)

function(assent_embed module target)
  set(folder ${CMAKE_SOURCE_DIR}/src/${module})
  set(files)
  foreach(pattern ${ASSENT_EMBED_PATTERNS})
    file(GLOB found CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/${pattern})
    list(APPEND files ${found})
  endforeach()
  if(NOT files)
    return()
  endif()
  string(REPLACE "/" "_" prefix ${module})
  set(output ${CMAKE_BINARY_DIR}/generated/${module})
  set(absolute ${files})
  list(TRANSFORM absolute PREPEND ${folder}/)
  add_custom_command(
    OUTPUT ${output}/embedded.c ${output}/embedded.h
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} "-DFILES=${files}" -DOUTPUT=${output}
            -DPREFIX=${prefix} -DHEADER=${module}/embedded.h
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${absolute} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  add_custom_target(${target}_embedded DEPENDS ${output}/embedded.h)
  add_dependencies(embedded ${target}_embedded)
  set_property(GLOBAL APPEND PROPERTY assent_embedded_headers ${output}/embedded.h)
  target_sources(${target} PRIVATE ${output}/embedded.c ${output}/embedded.h)
endfunction()
