# SPDX-License-Identifier: MIT
# JSON reports are JSON, name their schema, and their accounts add up.
# cmake -DHVCHECK=PROGRAM -P json.cmake
cmake_minimum_required(VERSION 3.25)

function(report variable schema) # ARGUMENT...: run hvcheck, check that it printed that schema
  execute_process(COMMAND ${HVCHECK} ${ARGN} --format json
    OUTPUT_VARIABLE text ERROR_VARIABLE errors RESULT_VARIABLE status)
  if(NOT status MATCHES "^[01]$")
    message(FATAL_ERROR "hvcheck ${ARGN}: status ${status}: ${errors}")
  endif()
  string(JSON found ERROR_VARIABLE error GET "${text}" schema)
  if(error OR NOT found STREQUAL schema)
    message(FATAL_ERROR "hvcheck ${ARGN}: schema ${found}, not ${schema}: ${error}")
  endif()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

function(expect text value) # PATH...: the member at PATH has that value
  string(JSON found ERROR_VARIABLE error GET "${text}" ${ARGN})
  if(error OR NOT found STREQUAL value)
    message(FATAL_ERROR "${ARGN}: ${found}, not ${value}: ${error}")
  endif()
endfunction()

function(sum variable text list member) # of a member over all objects of a list
  string(JSON count LENGTH "${text}" ${list})
  set(total 0)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON value GET "${text}" ${list} ${i} ${member})
    math(EXPR total "${total} + ${value}")
  endforeach()
  set(${variable} ${total} PARENT_SCOPE)
endfunction()

report(list hvcheck-list/1 list subjects)
expect("${list}" linux-stub-3.8 subjects 0 name)
report(list hvcheck-list/1 list abis)

report(run hvcheck-run/1 run linux-stub-4.12 --set x0=0 --trace --abi linux-stub-4.12)
expect("${run}" return outcome)
expect("${run}" conforms judged verdict)
expect("${run}" set_vectors judged rule)
expect("${run}" 0x4000020800 after vbar_el2)
expect("${run}" 0x0 before x0)

report(map hvcheck-map/2 map linux-stub-imm --brief)
expect("${map}" ON complete)
expect("${map}" 65536 account space)
expect("${map}" 65536 account classified)
expect("${map}" return classes 3 outcome)
expect("${map}" "imm not in 1-2, 4" classes 3 condition)
expect("${map}" 0 classes 3 immediates 0 0)
expect("${map}" 65535 classes 3 immediates 2 1)
expect("${map}" proved classes 3 known)
expect("${map}" el1t classes 3 callers 0 from)
sum(total "${map}" classes paths)
string(JSON paths GET "${map}" account paths)
math(EXPR total "${total} * 2") # from EL1t and EL1h
if(NOT total EQUAL paths)
  message(FATAL_ERROR "map: classes of ${total} paths, account of ${paths}")
endif()

report(check hvcheck-check/1 check broken-single-imm --abi linux-stub-imm --randoms 0)
expect("${check}" violates verdict)
expect("${check}" 65536 account classified)
expect("${check}" 1 account immediates_violating)
expect("${check}" 19016 findings 0 witness immediate)
expect("${check}" unknown findings 0 rule)
foreach(member calls conforms violates undecided)
  sum(total "${check}" rules ${member})
  expect("${check}" ${total} account ${member})
endforeach()

report(diff hvcheck-diff/1 diff linux-stub-imm linux-stub-4.7 --randoms 0)
expect("${diff}" OFF equal)
expect("${diff}" linux-stub-imm old subject)
expect("${diff}" linux-stub-4.7 new abi)
string(JSON calls GET "${diff}" account calls_differing)
sum(total "${diff}" changes calls)
if(NOT total EQUAL calls)
  message(FATAL_ERROR "diff: changes of ${total} calls, account of ${calls}")
endif()
