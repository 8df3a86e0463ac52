# SPDX-License-Identifier: Apache-2.0
#
# The pages in Debian's Chromium, as a person, staff and the public use them. `make test` runs them
# beside the other tests (configuration "pages"); they need target "web". What drives the browser lies
# in pages-modules in the build folder, where the first of them puts it: when that fails, the run fails.
set(ASSENT_PAGES_MODULES ${CMAKE_BINARY_DIR}/pages-modules/node_modules)

add_test(NAME pages/setup CONFIGURATIONS pages COMMAND tools/setup-pages ${CMAKE_BINARY_DIR}
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(pages/setup PROPERTIES FIXTURES_SETUP chromium COST 1000)

foreach(name journey mine refusals forgery console verifier repetition institutions alarm)
  add_test(NAME pages/${name} CONFIGURATIONS pages
           COMMAND node tests/pages/${name}.test.mjs $<TARGET_FILE:assent> ${ASSENT_PAGES_MODULES}
                   ${CMAKE_SOURCE_DIR}/build/screens
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  # One browser at a time, from the beginning of the run to its end: nothing in a page is judged by how
  # long it takes, but two browsers and their servers on two cores would be slow for nothing.
  set_tests_properties(pages/${name} PROPERTIES FIXTURES_REQUIRED chromium RESOURCE_LOCK chromium
                       COST 999)
endforeach()
