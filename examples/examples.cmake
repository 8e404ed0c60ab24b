# SPDX-License-Identifier: MIT
# The examples, built and run; what they print is kept next to them.
set(examples ${CMAKE_CURRENT_LIST_DIR})

function(compare name output command)
  add_test(NAME ${name} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
           COMMAND sh -c "${command} > ${name}.out; status=$?
                          diff -u '${examples}/${output}' ${name}.out && exit $status")
  set_tests_properties(${name} PROPERTIES LABELS example TIMEOUT 300)
endfunction()

add_executable(sweep ${examples}/sweep.c)
target_link_libraries(sweep PRIVATE hvcheck_core)
compare(example-sweep sweep.txt "'$<TARGET_FILE:sweep>' linux-stub-imm 0x400001c000")

# ${assemble} and ${link}: the tools that the built-in subjects are made with.
set(doorman ${examples}/own_vectors/doorman)
add_custom_command(OUTPUT doorman.elf
  COMMAND ${assemble} -o doorman.o ${doorman}.S
  COMMAND ${link} -Ttext=0x80080000 -e doorman_vectors -o doorman.elf doorman.o
  DEPENDS ${doorman}.S VERBATIM)
add_custom_target(doorman ALL DEPENDS doorman.elf)
compare(example-own-vectors own_vectors/expected.txt
        "'$<TARGET_FILE:hvcheck>' check doorman.elf@doorman_vectors --abi '${doorman}.yaml'")

compare(example-hibernate hibernate/expected.txt
        "'${examples}/hibernate/hibernate.sh' '$<TARGET_FILE:hvcheck>'")

add_executable(unicorn_entry ${examples}/unicorn_entry/unicorn_entry.c)
target_link_libraries(unicorn_entry PRIVATE hvcheck_core PkgConfig::unicorn)
compare(example-unicorn-entry unicorn_entry/expected.txt "'$<TARGET_FILE:unicorn_entry>'")

# The sample hypervisor by the function that its own tree takes from the installed package.
include(${CMAKE_SOURCE_DIR}/ci/cmake/hvcheckAbiTest.cmake)
set(lodge ${examples}/hypervisor)
add_custom_command(OUTPUT lodge.elf
  COMMAND ${assemble} -o lodge.o ${lodge}/vectors.S
  COMMAND ${link} -Ttext=0x80080000 -e lodge_vectors -o lodge.elf lodge.o
  DEPENDS ${lodge}/vectors.S VERBATIM)
add_custom_target(lodge ALL DEPENDS lodge.elf)
set_target_properties(lodge PROPERTIES HVCHECK_IMAGE ${CMAKE_BINARY_DIR}/lodge.elf)
hvcheck_add_abi_test(NAME example-hypervisor TARGET lodge@lodge_vectors ABI ${lodge}/lodge.yaml
                     BASELINE ${lodge}/lodge.map)
set_tests_properties(example-hypervisor example-hypervisor-baseline PROPERTIES LABELS example)
