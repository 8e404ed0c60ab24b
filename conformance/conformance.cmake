# SPDX-License-Identifier: MIT
# One Check program a file in suites/, one CTest test a program. Check's own timeouts exist only
# in fork mode, so CTest has one too.
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/suites/test_*.c)
foreach(source ${suites})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE test_ "" test ${name})
  add_executable(${name} ${source} ${CMAKE_CURRENT_LIST_DIR}/suites/suite.c)
  target_include_directories(${name} PRIVATE emu ${CMAKE_CURRENT_LIST_DIR}/suites)
  target_link_libraries(${name} PRIVATE hvcheck_core PkgConfig::check)
  target_compile_definitions(${name} PRIVATE HVC_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             HVC_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${test} COMMAND ${name})
  set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS suite SKIP_RETURN_CODE 77)
endforeach()
set_tests_properties(real_kernel PROPERTIES LABELS "suite;real")
