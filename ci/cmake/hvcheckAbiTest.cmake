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
# report to that file, of the current binary folder when it is relative. ARGS go to the command that
# `name` runs; a baseline's calls are those that are saved in it. Both have the label hvcheck.
include_guard()

# A file in the current source folder when there is one; anything else is a name.
function(_hvcheck_file word out)
  if(NOT IS_ABSOLUTE "${word}" AND EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${word}")
    set(word "${CMAKE_CURRENT_SOURCE_DIR}/${word}")
  endif()
  set(${out} "${word}" PARENT_SCOPE)
endfunction()

# Cut at the last '@'.
function(_hvcheck_cut word before after)
  string(FIND "${word}" "@" at REVERSE)
  string(SUBSTRING "${word}" 0 ${at} ${before})
  set(${after} "")
  if(at GREATER_EQUAL 0)
    string(SUBSTRING "${word}" ${at} -1 ${after})
  endif()
  set(${before} "${${before}}" PARENT_SCOPE)
  set(${after} "${${after}}" PARENT_SCOPE)
endfunction()

function(_hvcheck_subject out)
  if(DEFINED ARG_SUBJECT)
    _hvcheck_cut("${ARG_SUBJECT}" file place)
    _hvcheck_file("${file}" file)
  else()
    _hvcheck_cut("${ARG_TARGET}" target place)
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
  # Words like "n" and "off" are false to if(), and good names.
  if(NOT DEFINED ARG_NAME OR (DEFINED ARG_SUBJECT AND DEFINED ARG_TARGET) OR
     NOT (DEFINED ARG_SUBJECT OR DEFINED ARG_TARGET))
    message(FATAL_ERROR "hvcheck_add_abi_test: wants NAME, and SUBJECT or TARGET")
  endif()
  if(NOT DEFINED ARG_ABI AND (DEFINED ARG_JUNIT OR NOT DEFINED ARG_BASELINE))
    message(FATAL_ERROR "hvcheck_add_abi_test(${ARG_NAME}): wants ABI, or only BASELINE")
  endif()
  _hvcheck_subject(subject)
  set(tests)
  if(DEFINED ARG_ABI)
    _hvcheck_file("${ARG_ABI}" abi)
    set(report)
    if(DEFINED ARG_JUNIT)
      get_filename_component(ARG_JUNIT "${ARG_JUNIT}" ABSOLUTE BASE_DIR
                             "${CMAKE_CURRENT_BINARY_DIR}")
      set(report --report "junit=${ARG_JUNIT}")
    endif()
    # By its file: an emulator that a cross build runs its own programs in is not for this one.
    add_test(NAME ${ARG_NAME} COMMAND $<TARGET_FILE:hvcheck::program> check "${subject}"
                                      --abi "${abi}" ${report} ${ARG_ARGS})
    list(APPEND tests ${ARG_NAME})
  endif()
  if(DEFINED ARG_BASELINE)
    _hvcheck_file("${ARG_BASELINE}" baseline)
    set(name ${ARG_NAME})
    if(DEFINED ARG_ABI)
      string(APPEND name -baseline)
      set(ARG_ARGS)
    endif()
    add_test(NAME ${name} COMMAND $<TARGET_FILE:hvcheck::program> diff "${baseline}" "${subject}"
                                  ${ARG_ARGS})
    list(APPEND tests ${name})
  endif()
  set_tests_properties(${tests} PROPERTIES LABELS hvcheck TIMEOUT 600)
endfunction()
