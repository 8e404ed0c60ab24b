# SPDX-License-Identifier: MIT
# Writes files as C arrays:
# cmake -DKIND=subjects|abis|registry|harness|assets -DLIST=... -DOUTPUT=... -P embed.cmake
#
#   subjects   LIST has lines family/name; SOURCES and ELFS are the folders of .S and .elf files
#   abis       LIST has paths of YAML files
#   registry   LIST has the path of one YAML file
#   harness    LIST is the oracle's program itself
#   assets     LIST has paths of what stands in reports as it is; named after the file

# An array of the bytes of a file and a final NUL, which its size does not count.
function(embed path symbol)
  file(READ ${path} hex HEX)
  string(LENGTH "${hex}" length)
  math(EXPR size "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)"
         "\\1\n" bytes "${bytes}")
  # Aligned so that an ELF header may be read in place.
  string(APPEND text "static _Alignas(8) const unsigned char ${symbol}[] = {\n${bytes}0};\n\n")
  set(text "${text}" PARENT_SCOPE)
  set(size ${size} PARENT_SCOPE)
endfunction()

if(KIND STREQUAL harness)
  set(text "#include \"oracle/wire.h\"\n\n")
  embed(${LIST} data)
  string(APPEND text "const unsigned char *const hvc_oracle__harness = data;\n"
         "const size_t hvc_oracle__harness_size = ${size};\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

file(STRINGS ${LIST} items)
if(KIND STREQUAL assets)
  set(text "#include \"report/assets.h\"\n\n")
  foreach(item ${items})
    get_filename_component(name ${item} NAME_WE)
    embed(${item} ${name})
    string(APPEND text "const char *const hvc_asset__${name} = (const char *)${name};\n\n")
  endforeach()
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(rows)
set(i 0)
set(halves 0)
if(KIND STREQUAL subjects)
  set(text "#include \"subject/builtin.h\"\n\n")
  set(table "const struct hvc_builtin hvc_builtin__table[]")
  set(count hvc_builtin__count)
else()
  set(text "#include \"abi/embedded.h\"\n\n")
  set(table "const struct hvc_embedded_abi hvc_abi__embedded[]")
  set(count hvc_abi__embedded_count)
endif()
if(KIND STREQUAL registry)
  set(table "const struct hvc_embedded_abi hvc_known__embedded[]")
  set(count hvc_known__embedded_count)
endif()

foreach(item ${items})
  if(KIND STREQUAL subjects)
    get_filename_component(family ${item} DIRECTORY)
    get_filename_component(name ${item} NAME)
    file(STRINGS ${SOURCES}/${item}.S line REGEX "^[ \t]+subject[ \t]")
    if(NOT line MATCHES "^[ \t]+subject[ \t]+(\"[^\"\\;]+\")$")
      message(FATAL_ERROR "${item}.S: it needs one line subject \"title\"")
    endif()
    set(title ${CMAKE_MATCH_1})
    embed(${ELFS}/${name}.elf data_${i})
    string(APPEND rows "\t{\"${name}\", \"${family}\", ${title}, data_${i}, ${size}},\n")
  else()
    get_filename_component(name ${item} NAME)
    string(REGEX REPLACE "\\.yaml$" "" name ${name})
    embed(${item} data_${i})
    string(APPEND rows "\t{\"${name}\", (const char *)data_${i}, ${size}},\n")
    # The half of 32 bits of a file for both widths has a name of its own.
    file(STRINGS ${item} both REGEX "^widths: *both")
    if(both)
      string(APPEND rows "\t{\"${name}-arm32\", (const char *)data_${i}, ${size}},\n")
      math(EXPR halves "${halves} + 1")
    endif()
  endif()
  math(EXPR i "${i} + 1")
endforeach()

math(EXPR i "${i} + ${halves}")
# C has no empty arrays, so a row of zeros ends each; the count leaves it out.
string(APPEND text "${table} = {\n${rows}\t{0},\n};\n\nconst size_t ${count} = ${i};\n")
file(WRITE ${OUTPUT} "${text}")
