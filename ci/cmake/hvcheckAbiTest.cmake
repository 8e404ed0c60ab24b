# SPDX-License-Identifier: MIT
# hvcheck_add_abi_test: a tree's own EL2 vectors held to their ABI by ctest.
#
#   hvcheck_add_abi_test(NAME name
#                        SUBJECT file[@place] | TARGET target[@place]
#                        [ABI abi] [BASELINE map] [JUNIT file] [ARGS argument...])
#
# SUBJECT is what `hvcheck check` takes, a relative file being one of the current source folder;
# TARGET is a target that builds the image, or that has it as the property HVCHECK_IMAGE.
# With ABI (a YAML file, or the name of a shipped one) the test `name` runs `hvcheck check`. With
# BASELINE, a map that `hvcheck map --format map` saved, the test `name-baseline`, or `name` where
# there is no ABI, runs `hvcheck diff`: what the vectors do has not changed. JUNIT writes the check's
# report to that file, of the current binary folder when it is relative. ARGS go to both commands.
# Both tests have the label hvcheck.
include_guard()

# A file in the current source folder when there is one; anything else is a name.
function(_hvcheck_file word out)
  if(NOT IS_ABSOLUTE "${word}" AND EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${word}")
    set(word "${CMAKE_CURRENT_SOURCE_DIR}/${word}")
  endif()
  set(${out} "${word}" PARENT_SCOPE)
endfunction()

function(_hvcheck_subject out)
  if(ARG_SUBJECT)
    string(REGEX MATCH "^[^@]*" file "${ARG_SUBJECT}")
    string(REGEX REPLACE "^[^@]*" "" place "${ARG_SUBJECT}")
    _hvcheck_file("${file}" file)
  else()
    string(REGEX MATCH "^[^@]*" target "${ARG_TARGET}")
    string(REGEX REPLACE "^[^@]*" "" place "${ARG_TARGET}")
    if(NOT TARGET "${target}")
      message(FATAL_ERROR "hvcheck_add_abi_test(${ARG_NAME}): '${target}' is no target")
    endif()
    get_target_property(file ${target} HVCHECK_IMAGE)
    if(NOT file)
      set(file "$<TARGET_FILE:${target}>")
    endif()
  endif()
  set(${out} "${file}${place}" PARENT_SCOPE)
endfunction()

function(hvcheck_add_abi_test)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;SUBJECT;TARGET;ABI;BASELINE;JUNIT" "ARGS")
  if(ARG_UNPARSED_ARGUMENTS OR ARG_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "hvcheck_add_abi_test: cannot use "
                        "'${ARG_UNPARSED_ARGUMENTS}${ARG_KEYWORDS_MISSING_VALUES}'")
  endif()
  if(NOT ARG_NAME OR (ARG_SUBJECT AND ARG_TARGET) OR NOT (ARG_SUBJECT OR ARG_TARGET))
    message(FATAL_ERROR "hvcheck_add_abi_test: wants NAME, and SUBJECT or TARGET")
  endif()
  if(NOT ARG_ABI AND (ARG_JUNIT OR NOT ARG_BASELINE))
    message(FATAL_ERROR "hvcheck_add_abi_test(${ARG_NAME}): wants ABI, or only BASELINE")
  endif()
  _hvcheck_subject(subject)
  set(tests)
  if(ARG_ABI)
    _hvcheck_file("${ARG_ABI}" abi)
    set(report)
    if(ARG_JUNIT)
      cmake_path(ABSOLUTE_PATH ARG_JUNIT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
      set(report --format junit --output "${ARG_JUNIT}")
    endif()
    add_test(NAME ${ARG_NAME} COMMAND hvcheck::program check "${subject}" --abi "${abi}"
                                      ${report} ${ARG_ARGS})
    list(APPEND tests ${ARG_NAME})
  endif()
  if(ARG_BASELINE)
    _hvcheck_file("${ARG_BASELINE}" baseline)
    set(name ${ARG_NAME})
    if(ARG_ABI)
      string(APPEND name -baseline)
    endif()
    add_test(NAME ${name} COMMAND hvcheck::program diff "${baseline}" "${subject}" ${ARG_ARGS})
    list(APPEND tests ${name})
  endif()
  set_tests_properties(${tests} PROPERTIES LABELS hvcheck TIMEOUT 600)
endfunction()
