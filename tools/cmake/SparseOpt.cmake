# Dependencies, flags and the functions by which this project declares its
# libraries, executables and generated files.

find_package(MLIR 22.1 REQUIRED CONFIG)
# ONNX links protobuf, whose targets its own config file does not look up.
find_package(Protobuf REQUIRED)
find_package(ONNX 1.23 REQUIRED CONFIG)
find_package(fmt REQUIRED)
set(BLA_VENDOR OpenBLAS)
find_package(LAPACK REQUIRED)
find_package(Threads REQUIRED)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# One libMLIR.so: mixing it with static archives gives two MLIRContexts.
set(MLIR_LINK_MLIR_DYLIB ON)
# Our own assertions stay on in every build type, LLVM's are as Debian set them.
set(LLVM_ENABLE_ASSERTIONS ON)
include(HandleLLVMOptions)
separate_arguments(SPARSE_OPT_LLVM_DEFINITIONS NATIVE_COMMAND
                   ${LLVM_DEFINITIONS})
add_definitions(${SPARSE_OPT_LLVM_DEFINITIONS})

include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include
                    ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/include)

add_compile_options(-Wall -Wextra -Wno-unused-parameter
                    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(SPARSE_OPT_WERROR)
  add_compile_options(-Werror)
endif()
# Assertions name their file as the repository does, so that what another clone
# has compiled serves this one.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Nine tenths of the time of a file that includes MLIR goes into MLIR's headers:
# they are compiled once, and once more with exceptions and ONNX's headers. Our
# own headers stay out, since a change in one of them would rebuild everything,
# but for those of the onnx dialect, which are generated and seldom change: 200
# classes, which take seconds to read. Each file goes on to include what it uses.
#
# CMake also includes the header by name, which says nothing more but puts this
# tree's folder into the compiler cache's keys.
set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
set(SPARSE_OPT_UPSTREAM_HEADERS
  <llvm/ADT/StringExtras.h>
  <llvm/ADT/TypeSwitch.h>
  <llvm/Support/FormatVariadic.h>
  <mlir/Dialect/Affine/IR/AffineOps.h>
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Arith/Utils/Utils.h>
  <mlir/Dialect/Bufferization/IR/Bufferization.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/Linalg/IR/Linalg.h>
  <mlir/Dialect/Math/IR/Math.h>
  <mlir/Dialect/MemRef/IR/MemRef.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/Dialect/Vector/IR/VectorOps.h>
  <mlir/IR/Builders.h>
  <mlir/IR/DialectImplementation.h>
  <mlir/IR/DialectResourceBlobManager.h>
  <mlir/IR/Matchers.h>
  <mlir/Interfaces/FunctionInterfaces.h>
  <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h>
  <mlir/Transforms/DialectConversion.h>
  <mlir/Transforms/GreedyPatternRewriteDriver.h>
  <mlir/Transforms/WalkPatternRewriteDriver.h>)

# sparse_opt_precompile(NAME HEADERS header... FILES file... DEPENDS target...
#                       [OPTIONS option...] [LINK library...])
# The headers, precompiled with these compiler options and the interface of what
# is linked. FILES are those of them, with what they include, that are made by
# this build, of which DEPENDS makes.
function(sparse_opt_precompile name)
  cmake_parse_arguments(ARG "" "" "HEADERS;FILES;DEPENDS;OPTIONS;LINK" ${ARGN})
  file(CONFIGURE OUTPUT ${name}.cpp CONTENT "// No code: carries a precompiled header.\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  # A precompiled header knows in which folder it was made, so another tree's,
  # from the compiler cache, would be wrong. Two trees' headers have the same
  # content all the same: this sum stands for it in the cache's keys.
  set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER "")
  string(JOIN " " key ${CMAKE_CXX_COMPILER_VERSION} ${LLVM_PACKAGE_VERSION}
    ${ARG_HEADERS})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir)
  set(sum ${folder}/cmake_pch.hxx.pch.sum)
  file(CONFIGURE OUTPUT ${folder}/key CONTENT "${key}\n")
  set(files)
  foreach(file ${folder}/key ${ARG_FILES})
    file(RELATIVE_PATH file ${PROJECT_BINARY_DIR} ${file})
    list(APPEND files ${file})
  endforeach()
  add_custom_command(OUTPUT ${sum}
    COMMAND ${CMAKE_COMMAND} -E sha256sum ${files} > ${sum}
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    DEPENDS ${folder}/key ${ARG_FILES} ${ARG_DEPENDS})
  add_custom_target(${name}Sum DEPENDS ${sum})
  add_dependencies(${name} ${name}Sum)
endfunction()

# sparse_opt_reuse_headers(NAME EXCEPTIONS): the precompiled headers for a target
# with or without exceptions; dialects/ONNX/IR declares them.
function(sparse_opt_reuse_headers name exceptions)
  set(headers SparseOptPrecompiled)
  if(exceptions)
    target_compile_options(${name} PRIVATE -fexceptions)
    string(APPEND headers Exceptions)
  endif()
  target_precompile_headers(${name} REUSE_FROM ${headers})
endfunction()

# A package's users have no ONNX library of ours: the archive travels with it
# and SparseOptConfig.cmake declares it by this name.
set(SPARSE_OPT_ONNX $<BUILD_INTERFACE:ONNX::onnx> $<INSTALL_INTERFACE:SparseOpt::OnnxLibrary>)

# sparse_opt_library(NAME SOURCES ... [DEPENDS target...] [LINK library...]
#                    [EXCEPTIONS])
# A static library of one room. It sees libMLIR.so; LINK names libraries of
# this project or outside it. EXCEPTIONS is for code that calls ONNX. The
# library is installed as SparseOpt::<NAME without SparseOpt>, and belongs to the
# room that is its folder's.
function(sparse_opt_library name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  list(TRANSFORM ARG_LINK REPLACE "^ONNX::onnx$" "${SPARSE_OPT_ONNX}")
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
  sparse_opt_install_library(${name})
  sparse_opt_reuse_headers(${name} ${ARG_EXCEPTIONS})
endfunction()

# sparse_opt_executable(NAME SOURCES ... [LINK library...] [EXCEPTIONS])
function(sparse_opt_executable name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
  # Code for a library serves an executable too, and shares its headers.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  sparse_opt_reuse_headers(${name} ${ARG_EXCEPTIONS})
endfunction()

# sparse_opt_passes(NAME): declarations of the passes in ./Passes.td or the
# folder's own `include/sparse-opt/<folder>/Passes.td`, as target NAMEIncGen.
function(sparse_opt_passes name)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${name})
  add_public_tablegen_target(SparseOpt${name}PassesIncGen)
endfunction()

# sparse_opt_unit_test(NAME SOURCES ... [LINK library...])
# A GoogleTest program in build/test/Unit, found by lit there. NAME ends in
# "Tests".
function(sparse_opt_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest
                        GTest::gtest_main)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/Unit)
endfunction()
