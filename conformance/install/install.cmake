# SPDX-License-Identifier: MIT
# What is installed, tried from outside. A sanitized library is not one to install.
if(HVC_SANITIZE)
  return()
endif()
foreach(test consumer symbols manual abi_test check hardened reproducible)
  add_test(NAME install-${test} COMMAND ${CMAKE_CURRENT_LIST_DIR}/${test}.sh ${CMAKE_BINARY_DIR})
  set_tests_properties(install-${test} PROPERTIES LABELS cli TIMEOUT 600
                       ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
endforeach()

set_tests_properties(install-hardened PROPERTIES SKIP_RETURN_CODE 77)
# The whole of it, twice.
set_tests_properties(install-reproducible PROPERTIES LABELS "cli;long" TIMEOUT 3600 PROCESSORS 2)
# A dozen builds of small programs each.
set_tests_properties(install-check install-abi_test PROPERTIES LABELS "cli;long")

add_test(NAME package-deb COMMAND ${CMAKE_CURRENT_LIST_DIR}/package.sh ${CMAKE_BINARY_DIR}/package)
set_tests_properties(package-deb PROPERTIES LABELS "cli;long" TIMEOUT 1800 SKIP_RETURN_CODE 77
                     PROCESSORS 2)
