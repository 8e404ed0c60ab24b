# SPDX-License-Identifier: MIT
# The fuzz targets: fuzz_NAME.c is target NAME. With HVC_FUZZER the compiler brings their main
# (clang, or AFL++'s afl-clang-fast); else replay.c is it, and ctest runs each for two seconds.
set(fuzz ${CMAKE_CURRENT_LIST_DIR})
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${fuzz}/fuzz_*.c)
add_custom_target(fuzzers)

function(add_fuzz_program name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE emu ${fuzz} ${fuzz}/../suites)
  target_link_libraries(${name} PRIVATE hvcheck_core PkgConfig::check)
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ${HVC_FUZZER}
                                           RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  add_dependencies(fuzzers ${name})
endfunction()

add_fuzz_program(fuzz_seeds ${fuzz}/seeds.c $<TARGET_OBJECTS:suite>)
target_compile_definitions(fuzz_seeds PRIVATE HVC_BINARY_DIR="${CMAKE_BINARY_DIR}")
if(HVC_FUZZER)
  target_link_options(fuzz_seeds PRIVATE -fsanitize=fuzzer-no-link)
endif()
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/fuzz/seeds.stamp
                   COMMAND ${CMAKE_COMMAND} -E env
                           LSAN_OPTIONS=print_suppressions=0:suppressions=${CMAKE_SOURCE_DIR}/ci/lsan.supp
                           $<TARGET_FILE:fuzz_seeds>
                   COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/fuzz/seeds.stamp
                   DEPENDS fuzz_seeds VERBATIM)
if(HVC_FUZZER)
  add_custom_target(fuzz_inputs DEPENDS ${CMAKE_BINARY_DIR}/fuzz/seeds.stamp)
else()
  add_custom_target(fuzz_inputs ALL DEPENDS ${CMAKE_BINARY_DIR}/fuzz/seeds.stamp)
endif()
add_dependencies(fuzzers fuzz_inputs)

foreach(source ${fuzz_sources})
  get_filename_component(program ${source} NAME_WE)
  string(REPLACE fuzz_ "" target ${program})
  if(HVC_FUZZER)
    add_fuzz_program(${program} ${source})
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  else()
    add_fuzz_program(${program} ${source} ${fuzz}/replay.c)
    set(inputs ${CMAKE_BINARY_DIR}/fuzz/seeds/${target})
    if(EXISTS ${fuzz}/corpus/${target})
      list(APPEND inputs ${fuzz}/corpus/${target})
    endif()
    add_test(NAME fuzz-${target} COMMAND ${program} --seconds 2 ${inputs})
    set_tests_properties(fuzz-${target} PROPERTIES LABELS fuzz TIMEOUT 300 SKIP_RETURN_CODE 77
                                        WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  endif()
endforeach()
if(NOT HVC_FUZZER)
  set_tests_properties(fuzz-oracle PROPERTIES LABELS "fuzz;qemu")
endif()
target_link_libraries(fuzz_oracle PRIVATE oracle)
target_sources(fuzz_name PRIVATE ${fuzz}/../../emu/cli/value.c)
