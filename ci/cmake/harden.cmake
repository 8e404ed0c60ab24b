# SPDX-License-Identifier: MIT
# What makes an error in hvcheck harder to use, since it reads what others have written, and what
# keeps the place and the time of a build out of its files: two builds give the same bytes.
option(HVC_HARDEN "Stack protector, fortified libc calls, full RELRO, position independence" ON)

# No path and no time. The build folder lies in the source folder as a rule: the last match counts.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build
                    -Werror=date-time)
set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "<CMAKE_RANLIB> -D <TARGET>")

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
if(NOT HVC_HARDEN OR HVC_SANITIZE)
  return()
endif()
include(CheckCCompilerFlag)
# What returns and jumps through registers lands where it may: by what the host has.
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection
             -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER HVC_HAS${flag} has)
  check_c_compiler_flag("-Werror ${flag}" ${has})
  if(${has})
    add_compile_options(${flag})
  endif()
endforeach()
# It needs an optimizer. gcc before 12 has no level 3, and says so.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_c_source_compiles("#include <string.h>\nint main(void) { return 0; }" HVC_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
                    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=$<IF:$<BOOL:${HVC_FORTIFY_3}>,3,2>>)
add_link_options(LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
