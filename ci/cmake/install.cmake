# SPDX-License-Identifier: MIT
# What `cmake --install` puts where. Nothing installed names a folder of this machine: the
# pkg-config file and the CMake package find themselves by where they lie.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(templates ${CMAKE_CURRENT_LIST_DIR})
set(made ${CMAKE_BINARY_DIR}/install)

# The shared library has the objects of the static one. What is not HVC_API stays inside.
add_library(hvcheck_shared SHARED $<TARGET_OBJECTS:hvcheck_core>)
set_target_properties(hvcheck_shared PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME hvcheck
                      EXPORT_NAME hvcheck VERSION ${PROJECT_VERSION}
                      SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_libraries(hvcheck_shared PRIVATE PkgConfig::unicorn PkgConfig::capstone
  PkgConfig::yaml_0_1 PkgConfig::jansson PkgConfig::smartcols
  PkgConfig::libelf PkgConfig::libarchive PkgConfig::z3)
target_include_directories(hvcheck_shared INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(hvcheck PROPERTIES EXPORT_NAME program)
add_library(hvcheck::hvcheck ALIAS hvcheck_shared)
add_library(hvcheck::static ALIAS hvcheck_core)
add_executable(hvcheck::program ALIAS hvcheck)

# What a program must link besides libhvcheck.a. The .pc file lists the libraries and does not
# require their .pc files: the headers need none of them, and libarchive's own list for static
# linking names libraries whose development files Debian does not bring along.
set(HVC_PRIVATE_LIBS)
foreach(prefix unicorn capstone yaml_0_1 jansson smartcols libelf libarchive z3)
  list(APPEND HVC_PRIVATE_LIBS ${${prefix}_LDFLAGS})
endforeach()
foreach(directory ${CMAKE_C_IMPLICIT_LINK_DIRECTORIES})
  list(REMOVE_ITEM HVC_PRIVATE_LIBS -L${directory})
endforeach()
list(REMOVE_DUPLICATES HVC_PRIVATE_LIBS)
list(JOIN HVC_PRIVATE_LIBS " " HVC_PRIVATE_LIBS_LINE)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hvcheck)
set(data_dir ${CMAKE_INSTALL_DATADIR}/hvcheck)
file(RELATIVE_PATH HVC_PC_TO_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(${templates}/hvcheck.pc.in ${made}/hvcheck.pc @ONLY)
configure_package_config_file(${templates}/hvcheckConfig.cmake.in ${made}/hvcheckConfig.cmake
                              INSTALL_DESTINATION ${package_dir}
                              PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR data_dir)
# Before 1.0.0 a minor version may change the interface.
write_basic_package_version_file(${made}/hvcheckConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)

install(TARGETS hvcheck EXPORT hvcheckProgram COMPONENT program)
install(TARGETS hvcheck_shared EXPORT hvcheckTargets
        LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS hvcheck_core ARCHIVE COMPONENT development)
install(DIRECTORY include/hvcheck TYPE INCLUDE COMPONENT development FILES_MATCHING PATTERN *.h)
install(FILES ${made}/hvcheck.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
install(FILES ${made}/hvcheckConfig.cmake ${made}/hvcheckConfigVersion.cmake
        ${templates}/hvcheckAbiTest.cmake
        DESTINATION ${package_dir} COMPONENT development)
foreach(export hvcheckTargets hvcheckProgram)
  install(EXPORT ${export} NAMESPACE hvcheck:: DESTINATION ${package_dir} COMPONENT development)
endforeach()
install(FILES ${abis} DESTINATION ${data_dir}/abi COMPONENT program)
install(FILES conformance/registry.yaml DESTINATION ${data_dir} COMPONENT program)
install(FILES conformance/abi/README.md DESTINATION ${data_dir}/abi COMPONENT program)
include(${CMAKE_CURRENT_LIST_DIR}/manual.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/package.cmake)
