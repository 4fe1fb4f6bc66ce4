//===- Kernels.h - Kernel functions and their calls -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_KERNELS_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_KERNELS_H

#include "VectorBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace sopt {

/// Bytes on which every buffer of a kernel is aligned: a cache line.
constexpr int64_t kBufferAlignment = 64;

/// Workers among whom a kernel's tasks are shared: enough to balance the
/// threads of a large machine, few enough that their scratch is small.
constexpr int64_t kMaxWorkers = 96;

/// The kernels of a module. Equal layers share one.
class KernelLibrary {
public:
  using BodyBuilder =
      llvm::function_ref<void(VectorBuilder &, mlir::ValueRange arguments)>;

  KernelLibrary(mlir::ModuleOp module, const Isa &isa)
      : symbols(module), isa(isa) {}

  const Isa &getIsa() const { return isa; }

  /// Calls the kernel `name`, made by `body` for `isa` (getIsa() or a variant
  /// of it) if it is not there yet. The name must say everything on which isa
  /// and body depend besides argument types.
  void call(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name, const Isa &isa,
            mlir::ValueRange arguments, BodyBuilder body);

  /// Tells the runtime that `count` (an index) multiply-adds times two follow.
  void countFlops(mlir::ImplicitLocOpBuilder &b, mlir::Value count);

  /// How many threads (an index) a run has, all of which may use AMX's tile
  /// registers from now on.
  mlir::Value getTileThreads(mlir::ImplicitLocOpBuilder &b);

  /// Tells the runtime that the run has failed, for a dimension has `size`
  /// where `expected` is needed.
  void reportBadShape(mlir::ImplicitLocOpBuilder &b, mlir::Value size,
                      mlir::Value expected);

private:
  /// Calls a function of the runtime that takes and gives numbers of 64 bits.
  mlir::ValueRange callRuntime(mlir::ImplicitLocOpBuilder &b,
                               llvm::StringRef name, mlir::ValueRange indices,
                               mlir::TypeRange results = {});
  mlir::func::FuncOp make(llvm::StringRef name, const Isa &isa,
                          mlir::TypeRange arguments, BodyBuilder body);

  mlir::SymbolTable symbols;
  const Isa &isa;
  /// By name and argument types; the symbol may differ if a model took it.
  llvm::StringMap<mlir::func::FuncOp> kernels;
};

/// Whether `type` is a ranked tensor of f32: all that kernels compute with.
bool isF32Tensor(mlir::Type type);
/// `tensor` as a buffer of its shape, only to be read.
mlir::Value readOnlyBuffer(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor);
/// An uninitialised buffer, of f32 if not told else; `sizes` may be static or
/// not.
mlir::Value allocate(mlir::ImplicitLocOpBuilder &b,
                     llvm::ArrayRef<mlir::OpFoldResult> sizes,
                     mlir::Type elementType = {});
/// The tensor that a kernel has written to `buffer`, which nobody else sees.
mlir::Value writtenTensor(mlir::ImplicitLocOpBuilder &b, mlir::Value buffer);
/// A tensor.cast if the types differ.
mlir::Value castTensor(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor,
                       mlir::Type type);

/// A view of `buffer` with all dimensions but the last as one: memref<?×last>.
mlir::Value viewRows(mlir::ImplicitLocOpBuilder &b, mlir::Value buffer);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_KERNELS_H
