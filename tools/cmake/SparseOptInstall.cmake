# What `cmake --install` writes: a prefix that can be moved, with the tools, the
# libraries and headers, and the package that find_package(SparseOpt) finds.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SPARSE_OPT_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/SparseOpt)
# Programs find the MLIR that they were linked with, and libraries of ours.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}" ${LLVM_LIBRARY_DIR})

# What every library's users compile with: headers are included as
# "sparse-opt/…", "sparse-opt-c/…" and "dialects/…".
add_library(SparseOptHeaders INTERFACE)
target_compile_features(SparseOptHeaders INTERFACE cxx_std_17)
target_include_directories(SparseOptHeaders INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/sparse-opt>)
set_target_properties(SparseOptHeaders PROPERTIES EXPORT_NAME Headers)
install(TARGETS SparseOptHeaders EXPORT SparseOptTargets)

# sparse_opt_install_library(NAME): exports the library, and enters it in its
# room: the folder under lib/, or Dialects.
function(sparse_opt_install_library name)
  target_link_libraries(${name} PUBLIC SparseOptHeaders)
  string(REGEX REPLACE "^SparseOpt" "" short ${name})
  set_target_properties(${name} PROPERTIES EXPORT_NAME ${short})
  install(TARGETS ${name} EXPORT SparseOptTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR
    BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE folder)
  set(room Dialects)
  if(folder MATCHES "^lib/([^/]+)")
    set(room ${CMAKE_MATCH_1})
  endif()
  set_property(GLOBAL APPEND PROPERTY SPARSE_OPT_ROOMS ${room})
  set_property(GLOBAL APPEND PROPERTY SPARSE_OPT_ROOM_${room} ${name})
endfunction()

# A room of several libraries is a target of its own, SparseOpt::<Room>.
function(sparse_opt_install_rooms)
  get_property(rooms GLOBAL PROPERTY SPARSE_OPT_ROOMS)
  list(REMOVE_DUPLICATES rooms)
  foreach(room ${rooms})
    if(NOT TARGET SparseOpt${room})
      get_property(libraries GLOBAL PROPERTY SPARSE_OPT_ROOM_${room})
      add_library(SparseOpt${room} INTERFACE)
      target_link_libraries(SparseOpt${room} INTERFACE ${libraries})
      set_target_properties(SparseOpt${room} PROPERTIES EXPORT_NAME ${room})
      install(TARGETS SparseOpt${room} EXPORT SparseOptTargets)
    endif()
  endforeach()
endfunction()

function(sparse_opt_install_headers)
  set(headers FILES_MATCHING PATTERN "*.h" PATTERN "*.h.inc" PATTERN "*.td"
    PATTERN CMakeFiles EXCLUDE PATTERN Generator EXCLUDE)
  foreach(tree ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    install(DIRECTORY ${tree}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
      ${headers})
    install(DIRECTORY ${tree}/dialects
      DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sparse-opt ${headers})
  endforeach()
endfunction()

# sparse_opt_install_package(): call once all libraries are declared.
function(sparse_opt_install_package)
  sparse_opt_install_rooms()
  sparse_opt_install_headers()
  install(FILES $<TARGET_FILE:ONNX::onnx>
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/sparse-opt RENAME libonnx.a)
  install(EXPORT SparseOptTargets NAMESPACE SparseOpt::
    DESTINATION ${SPARSE_OPT_PACKAGE_DIR})
  configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/tools/cmake/SparseOptConfig.cmake.in
    ${PROJECT_BINARY_DIR}/SparseOptConfig.cmake
    INSTALL_DESTINATION ${SPARSE_OPT_PACKAGE_DIR}
    PATH_VARS CMAKE_INSTALL_LIBDIR
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/SparseOptConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES
    ${PROJECT_BINARY_DIR}/SparseOptConfig.cmake
    ${PROJECT_BINARY_DIR}/SparseOptConfigVersion.cmake
    DESTINATION ${SPARSE_OPT_PACKAGE_DIR})
  foreach(tool sparse-opt sparse-run)
    install(FILES ${PROJECT_SOURCE_DIR}/tools/completion/sparse-opt.bash
      DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
      RENAME ${tool})
  endforeach()
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
endfunction()
