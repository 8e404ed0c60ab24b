# SPDX-License-Identifier: MIT
# Small images as real ones are linked: their addresses, relocations and memory. Sets image_files.
set(images ${CMAKE_CURRENT_LIST_DIR})
set(built_images ${CMAKE_BINARY_DIR}/images)
file(MAKE_DIRECTORY ${built_images})
set(image_files)

# NAME.S assembled once, and linked as NAME-VARIANT.elf with further options of the linker.
function(add_image name)
  set(object ${built_images}/${name}.o)
  if(NOT TARGET image-${name})
    add_custom_command(OUTPUT ${object}
      COMMAND ${assemble} -I ${vectors} -I ${images}/../subjects -o ${object}
              ${images}/${name}.S
      DEPENDS ${images}/${name}.S ${includes} ${images}/../subjects/subject.inc
      COMMENT "Assembling ${name}" VERBATIM)
    add_custom_target(image-${name} DEPENDS ${object})
  endif()
  list(POP_FRONT ARGN variant)
  set(elf ${built_images}/${name}-${variant}.elf)
  set(linker ${link})
  if(variant MATCHES "^rel")
    set(linker ${HVC_LLD})
  endif()
  add_custom_command(OUTPUT ${elf}
    COMMAND ${linker} --fatal-warnings -T ${images}/image.ld -z max-page-size=4096 --build-id=none
            --discard-all ${ARGN} -o ${elf} ${object}
    DEPENDS ${object} ${images}/image.ld COMMENT "Linking ${name}-${variant}" VERBATIM)
  set(image_files ${image_files} ${elf} PARENT_SCOPE)
endfunction()

add_image(linked low --defsym=base=0x40000000)
add_image(linked xen --defsym=base=0xa0000000000)
add_image(linked bao --defsym=base=0xfd8000000000)
add_image(linked jailhouse --defsym=base=0xffffc0200000)
add_image(linked kernel --defsym=base=0xffff800008000000)
add_image(linked apart --defsym=base=0x40000000 --defsym=far_base=0xfd8000000000)
add_image(linked halves --defsym=base=0x40000000 --defsym=far_base=0xffffff8000000000)
add_image(linked pie --defsym=base=0 -pie)
add_image(linked bao-pie --defsym=base=0xfd8000000000 -pie)
add_image(got exec --defsym=base=0x40000000)
add_image(got pie --defsym=base=0 -pie)
add_image(unset shared --defsym=base=0x40000000 -shared)
add_image(booting exec --defsym=base=0x40000000)
add_image(lacking exec --defsym=base=0x40000000)
# RELR, REL and Android's packed forms, by a linker that has them for AArch64.
if(HVC_LLD)
  foreach(variant "relr --pack-dyn-relocs=relr" "rel -z rel"
          "rel-packed --pack-dyn-relocs=android")
    separate_arguments(variant)
    list(POP_FRONT variant kind)
    add_image(linked ${kind} --defsym=base=0 -pie ${variant})
  endforeach()
endif()
# Where the engine needs memory of its own.
add_image(linked reserved --defsym=base=0x7d0000000000)

add_custom_target(images ALL DEPENDS ${image_files})
add_test(NAME cli-images
         COMMAND ${images}/../cli/images.sh $<TARGET_FILE:hvcheck> ${built_images})
set_tests_properties(cli-images PROPERTIES TIMEOUT 600 LABELS cli)
add_test(NAME cli-fits
         COMMAND ${images}/../cli/fits.sh $<TARGET_FILE:hvcheck> ${CMAKE_BINARY_DIR}/vectors)
set_tests_properties(cli-fits PROPERTIES TIMEOUT 600 LABELS cli)
