# SPDX-License-Identifier: MIT
# Manual pages and completion: the program tells what it takes, and ABI specifications are
# described in one place, their README.
# The program is asked, so it must run here; what is sanitized is not installed.
if(HVC_SANITIZE OR (CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR))
  return()
endif()
set(pages ${made}/pages)
configure_file(emu/cli/hvcheck.1.in ${pages}/hvcheck.1.in @ONLY)
find_program(HVC_GZIP gzip REQUIRED)
set(words ${CMAKE_SOURCE_DIR}/conformance/abi/README.md)
set(markdown ${templates}/markdown.awk)

add_custom_command(OUTPUT ${pages}/hvcheck.bash ${pages}/_hvcheck ${pages}/hvcheck.1
  COMMAND hvcheck completion bash -o ${pages}/hvcheck.bash
  COMMAND hvcheck completion zsh -o ${pages}/_hvcheck
  COMMAND hvcheck completion roff -o ${pages}/commands.roff
  COMMAND sed "/^[.]SH COMMANDS$/r ${pages}/commands.roff" ${pages}/hvcheck.1.in > ${pages}/hvcheck.1
  DEPENDS hvcheck ${pages}/hvcheck.1.in
  COMMENT "Writing completion and hvcheck(1)" VERBATIM)
add_custom_command(OUTPUT ${pages}/hvcheck-abi.5
  COMMAND awk -v title=hvcheck-abi -v section=5 -v version=${PROJECT_VERSION}
          -v "name=specification of an HVC ABI" -f ${markdown} ${words} > ${pages}/hvcheck-abi.5
  DEPENDS ${words} ${markdown} COMMENT "Writing hvcheck-abi(5)" VERBATIM)
set(packed)
foreach(page hvcheck.1 hvcheck-abi.5)
  # No time and no name go in.
  add_custom_command(OUTPUT ${pages}/${page}.gz
    COMMAND ${HVC_GZIP} -9nc ${page} > ${page}.gz WORKING_DIRECTORY ${pages}
    DEPENDS ${pages}/${page} VERBATIM)
  list(APPEND packed ${pages}/${page}.gz)
  string(REGEX REPLACE ".*\\." "" section ${page})
  install(FILES ${pages}/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section}
          COMPONENT program)
endforeach()
add_custom_target(manual ALL DEPENDS ${packed} ${pages}/hvcheck.bash ${pages}/_hvcheck)
install(FILES ${pages}/hvcheck.bash RENAME hvcheck COMPONENT program
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${pages}/_hvcheck COMPONENT program
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
