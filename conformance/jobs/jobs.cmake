# SPDX-License-Identifier: MIT
# The ready-made CI jobs of ci/jobs.
foreach(test gate git build)
  add_test(NAME jobs-${test}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/${test}.sh $<TARGET_FILE:hvcheck>)
  set_tests_properties(jobs-${test} PROPERTIES TIMEOUT 900 LABELS cli SKIP_RETURN_CODE 77)
endforeach()
# A whole build; the gate is tried by default.
set_tests_properties(jobs-build jobs-git PROPERTIES LABELS "cli;long")
