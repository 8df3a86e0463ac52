# SPDX-License-Identifier: Apache-2.0
#
# The pages in Debian's Chromium, as a person, staff and the public use them. What drives the browser
# lies in pages-modules in the build folder: tools/setup-pages puts it there, `make test-pages` calls it.
# A campaign of its own: Chromium and npm are many packages, which `make test` does without.
set(ASSENT_PAGES_MODULES ${CMAKE_BINARY_DIR}/pages-modules/node_modules)

foreach(name journey mine refusals console verifier)
  add_test(NAME pages/${name} CONFIGURATIONS pages
           COMMAND node tests/pages/${name}.test.mjs $<TARGET_FILE:assent> ${ASSENT_PAGES_MODULES}
                   ${CMAKE_SOURCE_DIR}/build/screens
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  # One browser at a time: a person who waits for a slow machine looks like a fault of the page.
  set_tests_properties(pages/${name} PROPERTIES RESOURCE_LOCK chromium)
endforeach()
