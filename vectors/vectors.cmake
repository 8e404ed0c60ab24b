# SPDX-License-Identifier: MIT
# Assembles the built-in subjects and turns them, and the shipped ABI specifications, into C.
# Sets HVC_EMBEDDED: the generated sources.

# One line a subject: folder in vectors/, name in reports. Their order is that of every list.
set(HVC_SUBJECTS
  linux/linux-stub-3.8
  linux/linux-stub-4.7
  linux/linux-stub-4.8
  linux/linux-stub-4.9
  linux/linux-stub-4.12
  linux/linux-stub-5.12
  linux/linux-stub-5.13
  linux/linux-stub-6.0
  linux/linux-stub-6.0-nvhe
  linux/linux-stub-6.19
  linux/linux-stub-imm
  linux/linux-hibernate-4.7
  linux/linux-trans-pgd-5.17
  linux/linux-kvm-3.11
  linux/linux-kvm-3.14
  linux/linux-kvm-4.7
  linux/linux-kvm-4.12
  linux/linux-kvm-5.8
  linux/linux-kvm-5.10
  linux/linux-kvm-6.1
  linux/linux-kvm-6.12
  linux/linux-kvm-6.19
  linux/linux-kvm-7.2
  linux/linux-kvm-imm
  linux/linux-kvm-imm-default
  linux/linux-kvm-init-5.10
  linux/linux-kvm-init-5.12
  linux/linux-kvm-init-6.8
  linux/linux-kvm-init-7.2
  smccc/smccc-1.0
  smccc/smccc-1.1
  smccc/smccc-1.3
  smccc/psci-0.1
  xen/xen
  xen/xen-debug
  jailhouse/jailhouse
  jailhouse/jailhouse-boot
  kvm-guest/kvm-guest-old
  kvm-guest/kvm-guest
  gunyah/gunyah
  hafnium/hafnium
  bao/bao
  xvisor/xvisor
  zircon/zircon-init
  bsd/freebsd-stub
  bsd/freebsd-vmm
  bsd/bsd-spin
  qnx/qnx-stub
  genode/genode-stub
  m1n1/m1n1
  prtos/prtos
  hvisor/hvisor
  uvmm/uvmm
  arm32/linux-arm-stub-3.7
  arm32/linux-arm-stub-4.12
  arm32/linux-arm-stub-4.12-t32
  arm32/linux-arm-stub-5.7
  arm32/linux-arm-zimage-5.7
  arm32/linux-arm-kvm-3.9
  arm32/linux-arm-kvm-3.14
  arm32/linux-arm-kvm-4.12
  arm32/xen-arm32
  arm32/jailhouse-arm32
  arm32/smccc-arm32
  arm32/psci-0.1-arm32
  arm32/qnx-arm32
  broken/broken-imm-off-by-one
  broken/broken-imm-low-byte
  broken/broken-single-imm
  broken/broken-lost-lr
  broken/broken-lost-register
  broken/broken-ec-wrong
  broken/broken-ec-unchecked
  broken/broken-nzcv
  broken/broken-w0-compare
  broken/broken-wrong-slot
  broken/broken-el2-slot
  broken/broken-retry
  broken/broken-skip
  broken/broken-hang
  broken/broken-leak-el2
  broken/broken-vbar-unknown
  broken/broken-set-ignored
  broken/broken-restart-args
  broken/broken-restart-target
  broken/broken-restart-el1
  broken/broken-store
  broken/broken-daif
  broken/broken-kvm-nr
  broken/broken-kvm-guest-host
  broken/broken-sve-hint
  broken/broken-hibernate-x0
  broken/broken-smccc-sve
  broken/broken-xen-ea1-w16
  broken/broken-jailhouse-imm
  broken/broken-gunyah-hole
  broken/broken-bao-upper
  broken/broken-leak-thread
  broken/broken-leak-flags
  broken/broken-leak-simd
  broken/broken-leak-memory
  broken/broken-leak-branch
  broken/broken-seq-set-once
  broken/broken-seq-reset-once
  broken/broken-seq-third
  broken/broken-seq-stale-get
  broken/broken-seq-armed
  broken/broken-arm32-bank
  broken/broken-arm32-byte
  broken/broken-arm32-elr
  broken/broken-arm32-imm
  broken/broken-arm32-r12
  broken/broken-arm32-register
  broken/broken-arm32-signed
  broken/broken-arm32-skip
  broken/broken-arm32-slot
  broken/broken-arm32-spsr
  broken/broken-arm32-stack
  broken/broken-arm32-t32
  broken/broken-arm32-vectors
)

set(HVC_VECTOR_TOOLS "" CACHE STRING
    "What assembles the subjects: binutils, clang, or empty for the first that is found")
set_property(CACHE HVC_VECTOR_TOOLS PROPERTY STRINGS "" binutils clang)

set(as_names aarch64-linux-gnu-as)
set(ld_names aarch64-linux-gnu-ld)
if(CMAKE_HOST_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  list(APPEND as_names as)
  list(APPEND ld_names ld)
endif()
set(clang_names clang)
set(lld_names ld.lld)
foreach(version RANGE 24 13 -1)
  list(APPEND clang_names clang-${version})
  list(APPEND lld_names ld.lld-${version})
endforeach()
find_program(HVC_AS NAMES ${as_names})
find_program(HVC_LD NAMES ${ld_names})
find_program(HVC_CLANG NAMES ${clang_names})
find_program(HVC_LLD NAMES ${lld_names})

if(HVC_VECTOR_TOOLS MATCHES "^(binutils)?$" AND HVC_AS AND HVC_LD)
  set(assemble ${HVC_AS} --fatal-warnings)
  set(define_fault --defsym FAULT=1)
  set(link ${HVC_LD})
elseif(HVC_VECTOR_TOOLS MATCHES "^(clang)?$" AND HVC_CLANG AND HVC_LLD)
  set(assemble ${HVC_CLANG} --target=aarch64-none-elf -x assembler -c -Werror)
  set(define_fault -Wa,--defsym,FAULT=1)
  set(link ${HVC_LLD})
elseif(HVC_VECTOR_TOOLS MATCHES "^(binutils|clang)?$")
  message(FATAL_ERROR "no assembler and linker for AArch64: install binutils-aarch64-linux-gnu "
                      "(binutils on an arm64 host), or clang and lld")
else()
  message(FATAL_ERROR "HVC_VECTOR_TOOLS is \"${HVC_VECTOR_TOOLS}\", not binutils or clang")
endif()
message(STATUS "Vectors are assembled by ${assemble}")

# Those for Hyp mode, in A32 and T32 (arm32/ and broken/broken-arm32-*), need tools of their own.
find_program(HVC_AS_ARM NAMES arm-linux-gnueabihf-as arm-linux-gnueabi-as arm-none-eabi-as)
find_program(HVC_LD_ARM NAMES arm-linux-gnueabihf-ld arm-linux-gnueabi-ld arm-none-eabi-ld)
if(HVC_VECTOR_TOOLS MATCHES "^(binutils)?$" AND HVC_AS_ARM AND HVC_LD_ARM)
  set(assemble_arm ${HVC_AS_ARM} --fatal-warnings)
  set(link_arm ${HVC_LD_ARM})
elseif(HVC_CLANG AND HVC_LLD)
  set(assemble_arm ${HVC_CLANG} --target=armv7a-none-eabi -x assembler -c -Werror)
  set(link_arm ${HVC_LLD})
else()
  message(FATAL_ERROR "no assembler and linker for 32-bit Arm: install "
                      "binutils-arm-linux-gnueabihf, or clang and lld")
endif()

set(vectors ${CMAKE_CURRENT_LIST_DIR})
set(built ${CMAKE_BINARY_DIR}/vectors)
file(MAKE_DIRECTORY ${built})
file(GLOB includes CONFIGURE_DEPENDS ${vectors}/*.inc ${vectors}/*/*.inc)

set(elfs)
set(sources)
foreach(subject ${HVC_SUBJECTS})
  get_filename_component(name ${subject} NAME)
  set(source ${vectors}/${subject}.S)
  set(object ${built}/${name}.o)
  set(elf ${built}/${name}.elf)
  set(arm)
  if(subject MATCHES "arm32")
    set(arm _arm)
  endif()
  add_custom_command(OUTPUT ${elf}
    COMMAND ${assemble${arm}} -I ${vectors} -o ${object} ${source}
    # Of the symbols only the global ones stay; no date, path or build id goes in.
    COMMAND ${link${arm}} --fatal-warnings -T ${vectors}/subject.ld -z max-page-size=4096
            --build-id=none --discard-all -o ${elf} ${object}
    DEPENDS ${source} ${includes} ${vectors}/subject.ld
    COMMENT "Assembling ${subject}" VERBATIM)
  list(APPEND sources ${source})
  list(APPEND elfs ${elf})
endforeach()

file(GLOB abis CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/conformance/abi/*.yaml)

# The lists reach the script as files that change only when they do, so that a subject or a
# specification that was taken away is noticed as well.
list(JOIN HVC_SUBJECTS "\n" lines)
file(CONFIGURE OUTPUT ${built}/subjects.txt CONTENT "${lines}\n" @ONLY)
list(JOIN abis "\n" lines)
file(CONFIGURE OUTPUT ${built}/abis.txt CONTENT "${lines}\n" @ONLY)

add_custom_command(OUTPUT ${built}/subjects.c
  COMMAND ${CMAKE_COMMAND} -DKIND=subjects -DLIST=${built}/subjects.txt -DSOURCES=${vectors}
          -DELFS=${built} -DOUTPUT=${built}/subjects.c -P ${vectors}/embed.cmake
  DEPENDS ${elfs} ${sources} ${built}/subjects.txt ${vectors}/embed.cmake
  COMMENT "Embedding the subjects" VERBATIM)
add_custom_command(OUTPUT ${built}/abis.c
  COMMAND ${CMAKE_COMMAND} -DKIND=abis -DLIST=${built}/abis.txt -DOUTPUT=${built}/abis.c
          -P ${vectors}/embed.cmake
  DEPENDS ${abis} ${built}/abis.txt ${vectors}/embed.cmake
  COMMENT "Embedding the ABI specifications" VERBATIM)

set(registry ${CMAKE_SOURCE_DIR}/conformance/registry.yaml)
file(CONFIGURE OUTPUT ${built}/registry.txt CONTENT "${registry}\n" @ONLY)
add_custom_command(OUTPUT ${built}/registry.c
  COMMAND ${CMAKE_COMMAND} -DKIND=registry -DLIST=${built}/registry.txt
          -DOUTPUT=${built}/registry.c -P ${vectors}/embed.cmake
  DEPENDS ${registry} ${built}/registry.txt ${vectors}/embed.cmake
  COMMENT "Embedding the registry" VERBATIM)

# Scripts and styles of pages.
file(GLOB assets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/emu/report/assets/*)
list(JOIN assets "\n" lines)
file(CONFIGURE OUTPUT ${built}/assets.txt CONTENT "${lines}\n" @ONLY)
add_custom_command(OUTPUT ${built}/assets.c
  COMMAND ${CMAKE_COMMAND} -DKIND=assets -DLIST=${built}/assets.txt -DOUTPUT=${built}/assets.c
          -P ${vectors}/embed.cmake
  DEPENDS ${assets} ${built}/assets.txt ${vectors}/embed.cmake
  COMMENT "Embedding scripts and styles" VERBATIM)

set(HVC_EMBEDDED ${built}/subjects.c ${built}/abis.c ${built}/registry.c ${built}/assets.c)

# 32 instructions fill a slot; one more must not assemble, whatever the tools.
foreach(count 32 33)
  file(CONFIGURE OUTPUT ${built}/slot-${count}.S @ONLY CONTENT
"	.include \"macros.inc\"
	vector_table
	slot	el2t_sync
	.rept	@count@
	nop
	.endr
	end_slot
")
  add_test(NAME slot_of_${count} COMMAND ${assemble} -I ${vectors} -o ${built}/slot-${count}.o
           ${built}/slot-${count}.S)
endforeach()
set_tests_properties(slot_of_33 PROPERTIES
                     PASS_REGULAR_EXPRESSION "the slot is larger than 128 bytes")
set_tests_properties(slot_of_32 slot_of_33 PROPERTIES LABELS suite)
