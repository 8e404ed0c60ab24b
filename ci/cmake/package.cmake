# SPDX-License-Identifier: MIT
# Debian packages, by `cpack -G DEB` in a build configured with the preset `package`: hvcheck (the
# program, its pages and data), libhvcheck0, libhvcheck-dev.
set(HVC_MAINTAINER "hvcheck maintainers <maintainers@users.noreply.r-seed-74069ead.example>"
    CACHE STRING "Maintainer of the packages, as NAME <ADDRESS>")
set(version ${PROJECT_VERSION})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hvcheck)
set(CPACK_PACKAGE_CONTACT "${HVC_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tell what EL2 vector code does for every HVC")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(about "hvcheck runs the AArch64 code behind an EL2 vector table in an emulated
CPU, with each of the 65,536 immediates of HVC, and tells what it does,
whether it keeps a written ABI, and where two versions differ.

")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME hvcheck)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
    "${about}This is the command.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS qemu-system-arm)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libhvcheck${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION
    "${about}This is the shared library.")
# shlibs tells what depends on the library; ldconfig runs by the trigger. CPack also makes scripts that
# call it, of which lintian warns and which it cannot be told to leave out.
configure_file(${templates}/triggers.in ${made}/triggers COPYONLY)
configure_file(${templates}/shlibs.in ${made}/shlibs @ONLY)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${made}/triggers ${made}/shlibs)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libhvcheck-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME} (= ${version}), hvcheck (= ${version})")
# For libhvcheck.a, and for the two headers that belong to other libraries.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "check, libunicorn-dev, libcapstone-dev, \
libyaml-dev, libjansson-dev, libsmartcols-dev, libelf-dev, libarchive-dev, libz3-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "${about}These are the headers, the static library and the CMake package.")

# What Debian wants of each package. The time is that of SOURCE_DATE_EPOCH where it is set.
string(TIMESTAMP HVC_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(READ ${CMAKE_SOURCE_DIR}/LICENSE HVC_LICENSE)
configure_file(${templates}/copyright.in ${made}/copyright @ONLY)
foreach(component PROGRAM LIBRARY DEVELOPMENT)
  set(HVC_PACKAGE ${CPACK_DEBIAN_${component}_PACKAGE_NAME})
  set(folder ${made}/doc/${HVC_PACKAGE})
  configure_file(${templates}/changelog.in ${folder}/changelog @ONLY)
  add_custom_command(OUTPUT ${folder}/changelog.gz
    COMMAND gzip -9nc changelog > changelog.gz WORKING_DIRECTORY ${folder}
    DEPENDS ${folder}/changelog VERBATIM)
  list(APPEND changelogs ${folder}/changelog.gz)
  string(TOLOWER ${component} name)
  install(FILES ${folder}/changelog.gz COMPONENT ${name}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${HVC_PACKAGE})
  install(FILES ${made}/copyright COMPONENT ${name}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${HVC_PACKAGE})
endforeach()
add_custom_target(changelogs ALL DEPENDS ${changelogs})
include(CPack)
