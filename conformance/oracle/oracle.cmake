# SPDX-License-Identifier: MIT
# What asks QEMU: a library for the trials, with the program that makes the calls there, which runs
# from the board's flash, at address 0; and ask_qemu, for one call.
set(oracle ${CMAKE_CURRENT_LIST_DIR})
file(GLOB oracle_includes CONFIGURE_DEPENDS ${oracle}/*.inc)
add_custom_command(OUTPUT ${built}/harness.c
  COMMAND ${assemble} -I ${oracle} -o ${built}/harness.o ${oracle}/harness.S
  COMMAND ${link} -n -Ttext=0 -e 0 --build-id=none -o ${built}/harness.elf ${built}/harness.o
  COMMAND ${CMAKE_COMMAND} -DKIND=harness -DLIST=${built}/harness.elf
          -DOUTPUT=${built}/harness.c -P ${vectors}/embed.cmake
  DEPENDS ${oracle}/harness.S ${oracle_includes} ${vectors}/embed.cmake
  COMMENT "Assembling and embedding the oracle's program" VERBATIM)
add_library(oracle STATIC ${oracle}/oracle.c ${oracle}/answer.c ${oracle}/compare.c
            ${oracle}/input.c ${oracle}/memory.c ${oracle}/qemu.c ${oracle}/vectors.c
            ${built}/harness.c)
target_include_directories(oracle PUBLIC ${oracle}/.. PRIVATE emu)
target_link_libraries(oracle PUBLIC hvcheck_core)
add_executable(ask_qemu ${oracle}/ask.c)
target_include_directories(ask_qemu PRIVATE emu)
target_link_libraries(ask_qemu PRIVATE oracle)
add_test(NAME ask_qemu COMMAND ${oracle}/ask.sh $<TARGET_FILE:ask_qemu>)
set_tests_properties(ask_qemu PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 LABELS qemu)
foreach(what nested smc)
  add_test(NAME qemu-${what} COMMAND ${oracle}/agree.sh $<TARGET_FILE:ask_qemu> ${what})
  set_tests_properties(qemu-${what} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 LABELS qemu
                       ENVIRONMENT HVC_CASES=${CMAKE_BINARY_DIR}/cases)
endforeach()
