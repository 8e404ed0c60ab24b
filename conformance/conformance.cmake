# SPDX-License-Identifier: MIT
# There are more than a hundred programs from here on, and each runs for seconds: quickly built, by
# a linker that takes a quarter of the time where there is one.
include(CheckLinkerFlag)
foreach(linker gold lld)
  check_linker_flag(C -fuse-ld=${linker} HVC_HAS_${linker})
  if(HVC_HAS_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()
add_compile_options($<$<CONFIG:RelWithDebInfo>:-O1>)
add_library(suite OBJECT ${CMAKE_CURRENT_LIST_DIR}/suites/suite.c)
target_link_libraries(suite PRIVATE PkgConfig::check)
# One Check program a file in suites/, one CTest test a program. Check's own timeouts exist only
# in fork mode, so CTest has one too.
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/suites/test_*.c)
foreach(source ${suites})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE test_ "" test ${name})
  add_executable(${name} ${source} $<TARGET_OBJECTS:suite>)
  target_include_directories(${name} PRIVATE emu ${CMAKE_CURRENT_LIST_DIR}/suites)
  target_link_libraries(${name} PRIVATE hvcheck_core PkgConfig::check)
  target_compile_definitions(${name} PRIVATE HVC_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             HVC_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${test} COMMAND ${name})
  set_tests_properties(${test} PROPERTIES TIMEOUT 900 LABELS suite SKIP_RETURN_CODE 77)
endforeach()
# Small subjects, one idiom of dispatch each; of those that have a specification also the twin.
file(GLOB subjects CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/subjects/*.S)
file(GLOB specifications CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/subjects/*.yaml)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/subjects)
function(add_subject source name)
  set(elf ${CMAKE_BINARY_DIR}/subjects/${name})
  add_custom_command(OUTPUT ${elf}.elf
    COMMAND ${assemble} ${ARGN} -I ${vectors} -I ${CMAKE_CURRENT_SOURCE_DIR}/conformance/subjects
            -o ${elf}.o ${source}
    COMMAND ${link} --fatal-warnings -T ${vectors}/subject.ld -z max-page-size=4096
            --build-id=none --discard-all -o ${elf}.elf ${elf}.o
    DEPENDS ${source} ${includes} ${vectors}/subject.ld
            ${CMAKE_CURRENT_SOURCE_DIR}/conformance/subjects/subject.inc
    COMMENT "Assembling ${name}" VERBATIM)
  set(subject_elfs ${subject_elfs} ${elf}.elf PARENT_SCOPE)
endfunction()
foreach(source ${subjects})
  get_filename_component(name ${source} NAME_WE)
  add_subject(${source} ${name})
  string(REPLACE .S .yaml specification ${source})
  if(specification IN_LIST specifications)
    add_subject(${source} ${name}-fault ${define_fault})
  endif()
endforeach()
add_custom_target(subjects ALL DEPENDS ${subject_elfs})
include(${CMAKE_CURRENT_LIST_DIR}/images/images.cmake)
# Faults of the kinds that public bugs have, and the same code without them (cases/wanted).
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cases/*.S)
file(GLOB case_includes CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cases/*.inc)
foreach(source ${sources})
  get_filename_component(name ${source} NAME_WE)
  set(elf ${CMAKE_BINARY_DIR}/cases/${name})
  set(arm)
  if(name MATCHES "^arm32-")
    set(arm _arm)
  endif()
  add_custom_command(OUTPUT ${elf}.elf
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/cases
    COMMAND ${assemble${arm}} -I ${vectors} -I ${CMAKE_CURRENT_LIST_DIR}/cases -o ${elf}.o ${source}
    COMMAND ${link${arm}} --fatal-warnings -Ttext=0x40200000 -e 0x40200000 -z max-page-size=4096
            --build-id=none -o ${elf}.elf ${elf}.o
    DEPENDS ${source} ${includes} ${case_includes}
    COMMENT "Assembling ${name}" VERBATIM)
  list(APPEND case_elfs ${elf}.elf)
endforeach()
add_custom_target(cases ALL DEPENDS ${case_elfs})
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/cases/wanted kinds REGEX "^## ")
foreach(kind ${kinds})
  string(SUBSTRING "${kind}" 3 -1 kind)
  add_test(NAME cases-${kind} COMMAND ${CMAKE_CURRENT_LIST_DIR}/cases/try.sh
                                      $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/cases ${kind})
  set_tests_properties(cases-${kind} PROPERTIES TIMEOUT 600 LABELS cases)
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/oracle/oracle.cmake)
foreach(test oracle oracle_aarch32 oracle_hyp oracle_random semihosting)
  target_link_libraries(test_${test} PRIVATE oracle)
endforeach()
# An engine of its own, beside the library's.
target_link_libraries(test_unicorn_entry PRIVATE PkgConfig::unicorn)
target_link_libraries(test_unicorn_aarch32 PRIVATE PkgConfig::unicorn)
# Large files for bombs, which sanitizers take long to look through: with --all.
set_tests_properties(limit unlikely PROPERTIES LABELS "suite;slow")
# Hundreds of thousands of calls, of machines or of pairs: not under the sanitizers, but with --all.
set_tests_properties(aarch32_subjects clean_bill collide encoding exact kallsyms lift lift_names
                     machine overlap prove reset_random saved saved_hostile
                     PROPERTIES LABELS "suite;slow")
# Two other simulators: by default the engine alone is asked about each instruction.
set_tests_properties(lift_others PROPERTIES LABELS "suite;slow;long")
# By default the fuzzer of images damages some for seconds.
set_tests_properties(hostile PROPERTIES LABELS "suite;slow;long")
# Every immediate of A32 and T32 against each subject for Hyp mode: translated anew for each.
set_tests_properties(hyp PROPERTIES TIMEOUT 900 LABELS "suite;slow")
# Reads back pages of every immediate; the kept pages are compared by default.
set_tests_properties(picture PROPERTIES LABELS "suite;slow;long")
# Proves every built-in; by default test_leak has the kinds of leaks, and the kept reports the words.
set_tests_properties(leak_builtin PROPERTIES LABELS "suite;slow;long")
# One at a time: the first of them downloads.
set_tests_properties(real_callers real_kernel real_names real_world PROPERTIES
                     LABELS "suite;real" RESOURCE_LOCK real)
add_test(NAME real-recipes COMMAND ${CMAKE_CURRENT_LIST_DIR}/real/recipes.sh
                                   $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/recipes)
set_tests_properties(real-recipes PROPERTIES LABELS "real;long" RESOURCE_LOCK real
                     PROCESSORS 2 TIMEOUT 1800 SKIP_RETURN_CODE 77)
add_test(NAME real-images COMMAND ${CMAKE_CURRENT_LIST_DIR}/real/images.sh
                                  $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/recipes)
set_tests_properties(real-images PROPERTIES LABELS "real;long" RESOURCE_LOCK real
                     PROCESSORS 2 TIMEOUT 7200 SKIP_RETURN_CODE 77)
add_test(NAME real-snapshots COMMAND ${CMAKE_CURRENT_LIST_DIR}/real/snapshots.sh
                                     $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/recipes
                                     ${HVC_AS} ${HVC_LD})
set_tests_properties(real-snapshots PROPERTIES LABELS "real;qemu;long" RESOURCE_LOCK real
                     PROCESSORS 2 TIMEOUT 3600 SKIP_RETURN_CODE 77)
add_test(NAME real-bao COMMAND ${CMAKE_CURRENT_LIST_DIR}/real/bao.sh
                               $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/recipes)
set_tests_properties(real-bao PROPERTIES LABELS "real;qemu;long" PROCESSORS 2 TIMEOUT 3600
                     SKIP_RETURN_CODE 77)
add_test(NAME newcomer COMMAND ${CMAKE_CURRENT_LIST_DIR}/real/newcomer.sh
                               ${CMAKE_BINARY_DIR}/recipes)
set_tests_properties(newcomer PROPERTIES LABELS "real;long" RESOURCE_LOCK real
                     PROCESSORS 2 TIMEOUT 1800 SKIP_RETURN_CODE 77)
# Millions of calls each.
set_tests_properties(broken contract diff dispatch lost map map_sweep sample sequence suggest sweep PROPERTIES
                     TIMEOUT 1800 LABELS "suite;exhaustive")
# The kept reports say by default what it says in full.
set_tests_properties(suggest PROPERTIES LABELS "suite;exhaustive;long")

# QEMU's opinion: a sample, and all of it. Skipped where there is no QEMU. Random calls include those
# whose vectors loop until QEMU's own timer ends them.
set_tests_properties(semihosting oracle_aarch32 PROPERTIES LABELS qemu)
foreach(test oracle oracle_hyp oracle_random)
  set_tests_properties(${test} PROPERTIES LABELS qemu TIMEOUT 3000)
  add_test(NAME ${test}-full COMMAND test_${test})
  set_tests_properties(${test}-full PROPERTIES
                       ENVIRONMENT "HVC_ORACLE=full;CK_TIMEOUT_MULTIPLIER=10" SKIP_RETURN_CODE 77
                       TIMEOUT 28800 LABELS "qemu;long")
endforeach()

set_tests_properties(oracle_random PROPERTIES LABELS "qemu;long")

# A million instructions of each class.
foreach(test lift lift_others)
  add_test(NAME ${test}-full COMMAND test_${test})
  set_tests_properties(${test}-full PROPERTIES TIMEOUT 28800 LABELS "suite;long"
                       SKIP_RETURN_CODE 77
                       ENVIRONMENT "HVC_LIFT=1000000;CK_TIMEOUT_MULTIPLIER=1000")
endforeach()
add_test(NAME lift_names-full COMMAND test_lift_names)
set_tests_properties(lift_names-full PROPERTIES TIMEOUT 7200 LABELS "suite;long"
                     ENVIRONMENT "HVC_LIFT=20000;CK_TIMEOUT_MULTIPLIER=8")
# Other executors to hold the lifter to, which are C++: with what of them there is.
include(CheckLanguage)
check_language(CXX)
if(CMAKE_CXX_COMPILER)
  enable_language(CXX)
  pkg_check_modules(vixl IMPORTED_TARGET vixl)
  find_package(dynarmic CONFIG QUIET)
  set_target_properties(test_lift_others PROPERTIES CXX_STANDARD 17 CXX_EXTENSIONS OFF)
endif()
foreach(other vixl dynarmic)
  set(target $<IF:$<STREQUAL:${other},vixl>,PkgConfig::vixl,dynarmic::dynarmic>)
  if(NOT TARGET PkgConfig::${other} AND NOT TARGET dynarmic::${other})
    message(STATUS "lift_others is built without ${other}, which is not installed")
    continue()
  endif()
  string(TOUPPER ${other} upper)
  target_sources(test_lift_others PRIVATE ${CMAKE_CURRENT_LIST_DIR}/suites/lift_${other}.cpp)
  target_compile_definitions(test_lift_others PRIVATE HVC_WITH_${upper})
  target_link_libraries(test_lift_others PRIVATE ${target})
endforeach()

foreach(test aarch32_subjects broken dispatch hyp imm_class map_sweep suggest sequence)
  add_test(NAME ${test}-full COMMAND test_${test})
  set_tests_properties(${test}-full PROPERTIES ENVIRONMENT HVC_DISPATCH=full PROCESSORS 2
                       TIMEOUT 3600 LABELS "exhaustive;long")
endforeach()

# Random calls in two orders, every encoding, damaged images: a sample, and all of it.
foreach(test reset_random encoding hostile)
  add_test(NAME ${test}-full COMMAND test_${test})
  set_tests_properties(${test}-full PROPERTIES TIMEOUT 7200 LABELS "long" ENVIRONMENT
    "HVC_RESET_CALLS=1000000;HVC_ENCODINGS=full;HVC_HOSTILE=full;CK_TIMEOUT_MULTIPLIER=8")
endforeach()

# Every subject made wrong in small ways: how much of it do the specifications find out?
add_executable(mutation ${CMAKE_CURRENT_LIST_DIR}/mutation/mutation.c
               ${CMAKE_CURRENT_LIST_DIR}/mutation/mutate.c
               ${CMAKE_CURRENT_LIST_DIR}/mutation/trial.c)
target_include_directories(mutation PRIVATE emu)
target_link_libraries(mutation PRIVATE hvcheck_core)
add_test(NAME mutation COMMAND mutation --least 95)
set_tests_properties(mutation PROPERTIES TIMEOUT 1800 LABELS "mutation;long")

# And hvcheck's own code made wrong: do the tests notice?
add_test(NAME mutation-source COMMAND ${CMAKE_CURRENT_LIST_DIR}/mutation/source.py
                                      ${CMAKE_BINARY_DIR}/mutation --named --count 300 --least 90)
add_test(NAME mutation-lists COMMAND ${CMAKE_CURRENT_LIST_DIR}/mutation/source.py --check)
set_tests_properties(mutation-source PROPERTIES TIMEOUT 86400 LABELS "mutation;long" PROCESSORS 2)

# The pages as their readers see them. Skipped where there is no Chromium.
add_test(NAME browser COMMAND ${CMAKE_CURRENT_LIST_DIR}/browser/pages.py $<TARGET_FILE:hvcheck>
                              ${CMAKE_BINARY_DIR}/browser)
set_tests_properties(browser PROPERTIES LABELS "browser;long" TIMEOUT 1800 SKIP_RETURN_CODE 77)

# Figures, not a test: build/default/bench prints ratios.
add_executable(bench ${CMAKE_CURRENT_LIST_DIR}/bench/sweep.c ${CMAKE_CURRENT_LIST_DIR}/bench/bare.c)
target_link_libraries(bench PRIVATE hvcheck_core PkgConfig::unicorn)

add_executable(bench_check ${CMAKE_CURRENT_LIST_DIR}/bench/check.c)
target_include_directories(bench_check PRIVATE emu)
target_link_libraries(bench_check PRIVATE hvcheck_core)
add_executable(explore ${CMAKE_CURRENT_LIST_DIR}/bench/explore.c)
target_include_directories(explore PRIVATE emu)
target_link_libraries(explore PRIVATE hvcheck_core)
add_executable(rows ${CMAKE_CURRENT_LIST_DIR}/bench/rows.c)
target_include_directories(rows PRIVATE emu)
target_link_libraries(rows PRIVATE hvcheck_core)

# The command line as its users run it, and the reports that are kept.
foreach(test refusals statuses output jobs reproduce abis callers worlds baselines completion
             examples progress sequences subjects)
  add_test(NAME cli-${test}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/${test}.sh $<TARGET_FILE:hvcheck>)
  list(APPEND cli_tests cli-${test})
endforeach()
set_tests_properties(cli-callers PROPERTIES
                     ENVIRONMENT HVC_VECTORS=${CMAKE_BINARY_DIR}/vectors)
set_tests_properties(cli-subjects PROPERTIES
                     ENVIRONMENT HVC_SUBJECTS=${CMAKE_BINARY_DIR}/subjects)
# Every format of twenty runs says the same.
add_test(NAME cli-verdicts
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/verdicts.py $<TARGET_FILE:hvcheck>)
list(APPEND cli_tests cli-verdicts)
# Every command on pages of 60 to 120 columns.
add_test(NAME cli-widths
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/widths.py $<TARGET_FILE:hvcheck>)
list(APPEND cli_tests cli-widths)
# The program with an engine that dies, or tries to get out, when it is told to.
add_executable(hvcheck_trial $<TARGET_OBJECTS:hvcheck_cli> ${CMAKE_CURRENT_LIST_DIR}/cli/trial.c)
target_include_directories(hvcheck_trial PRIVATE emu)
target_link_options(hvcheck_trial PRIVATE LINKER:--wrap=seccomp_load)
target_link_libraries(hvcheck_trial PRIVATE hvcheck_core PkgConfig::libseccomp PkgConfig::nettle)
foreach(test deaths jail)
  add_test(NAME cli-${test}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/${test}.sh $<TARGET_FILE:hvcheck>
                   $<TARGET_FILE:hvcheck_trial>)
  list(APPEND cli_tests cli-${test})
endforeach()
# With parsers of their own: skipped where there is no Python, or no validator.
foreach(test formats policy schemas hostile certificates)
  add_test(NAME cli-${test}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/${test}.sh $<TARGET_FILE:hvcheck>)
  set_tests_properties(cli-${test} PROPERTIES SKIP_RETURN_CODE 77
                       ENVIRONMENT HVC_VARIANTS=${CMAKE_BINARY_DIR}/vectors)
  list(APPEND cli_tests cli-${test})
endforeach()
add_test(NAME cli-certificates-full COMMAND
         ${CMAKE_CURRENT_LIST_DIR}/cli/certificates.sh $<TARGET_FILE:hvcheck>)
set_tests_properties(cli-certificates-full PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 3600
                     LABELS "cli;long" ENVIRONMENT HVC_CERTIFICATES=full)
add_test(NAME cli-json COMMAND ${CMAKE_COMMAND} -DHVCHECK=$<TARGET_FILE:hvcheck>
                               -P ${CMAKE_CURRENT_LIST_DIR}/cli/json.cmake)
add_test(NAME cli-causes COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli/causes.sh $<TARGET_FILE:hvcheck>)
set_tests_properties(cli-causes PROPERTIES ENVIRONMENT HVC_CASES=${CMAKE_BINARY_DIR}/cases)
list(APPEND cli_tests cli-causes)
set_tests_properties(${cli_tests} cli-json PROPERTIES TIMEOUT 600 LABELS cli)
# Not under sanitizers, whose runtime has its own ways to die and its own wants of the kernel.
set_tests_properties(cli-deaths cli-jail PROPERTIES LABELS "cli;exhaustive" SKIP_RETURN_CODE 77)
# Many reports, each a sweep or two: said again by the golden files, which are not long. cvc5 confirms
# more in cli-certificates-full; nothing but a terminal sees the progress.
set_tests_properties(cli-reproduce cli-json cli-examples cli-policy cli-hostile cli-certificates
                     cli-progress cli-widths cli-fits PROPERTIES LABELS "cli;long")
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/golden/cases cases REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_CURRENT_LIST_DIR}/golden/cases)
foreach(case ${cases})
  string(REGEX REPLACE " .*" "" name "${case}")
  add_test(NAME golden-${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/golden/compare.sh
                                       $<TARGET_FILE:hvcheck> ${name})
  set(labels golden)
  if(name MATCHES "^long-")
    list(APPEND labels long)
  endif()
  set_tests_properties(golden-${name} PROPERTIES TIMEOUT 600 LABELS "${labels}")
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/fuzz/fuzz.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/install/install.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/jobs/jobs.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/faults/faults.cmake)
# Those that take longest begin first.
set(cost 100)
foreach(test cli-deaths faults dispatch broken cli-images cli-worlds prove oracle lost cli-formats
             cli-subjects contract aarch32_subjects cli-certificates cases-buffer map hyp
             cases-aarch32 lift_others cli-fits cli-baselines clean_bill cases-nested lift cases-state)
  if(TEST ${test})
    set_tests_properties(${test} PROPERTIES COST ${cost})
  endif()
  math(EXPR cost "${cost} - 1")
endforeach()
# Those that ci/test runs under the sanitizers, and what they read: half of what there is to build.
add_custom_target(quick DEPENDS hvcheck subjects cases images)
foreach(source ${suites})
  get_filename_component(name ${source} NAME_WE)
  string(REPLACE test_ "" test ${name})
  get_test_property(${test} LABELS labels)
  if(NOT labels MATCHES "long|real|exhaustive|slow")
    add_dependencies(quick ${name})
  endif()
endforeach()
