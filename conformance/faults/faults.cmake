# SPDX-License-Identifier: MIT
# What fails is chosen by a preloaded library, which the sanitizers would have to be before.
if(HVC_SANITIZE)
  return()
endif()
add_library(faults_library MODULE ${CMAKE_CURRENT_LIST_DIR}/shim.c)
set_target_properties(faults_library PROPERTIES OUTPUT_NAME faults C_VISIBILITY_PRESET default)
add_executable(faults ${CMAKE_CURRENT_LIST_DIR}/faults.c ${CMAKE_CURRENT_LIST_DIR}/trial.c)
add_test(NAME faults COMMAND ${CMAKE_CURRENT_LIST_DIR}/faults.sh $<TARGET_FILE:hvcheck>
                             $<TARGET_FILE:faults> $<TARGET_FILE:faults_library>)
set_tests_properties(faults PROPERTIES LABELS cli TIMEOUT 600 SKIP_RETURN_CODE 77)
add_test(NAME faults-full COMMAND ${CMAKE_CURRENT_LIST_DIR}/faults.sh $<TARGET_FILE:hvcheck>
                                  $<TARGET_FILE:faults> $<TARGET_FILE:faults_library> full)
set_tests_properties(faults-full PROPERTIES LABELS "cli;long" TIMEOUT 14400)
