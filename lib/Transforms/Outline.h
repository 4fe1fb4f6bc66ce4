//===- Outline.h - Operations of a block as a function ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_OUTLINE_H
#define SPARSE_OPT_TRANSFORMS_OUTLINE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sopt {

/// The model, and what is split off it.
constexpr llvm::StringLiteral kModelName = "main_graph";
constexpr llvm::StringLiteral kPartName = "main_graph_part";

/// The functions that are the model: itself and its parts.
llvm::SmallVector<mlir::func::FuncOp> getModelFunctions(mlir::ModuleOp module);

/// Whether `op` is a constant.
bool isConstant(mlir::Operation *op);

/// Whether `op` costs nothing, so that a function that uses it gets a copy
/// rather than another argument: a constant or an operation on globals.
bool isFree(mlir::Operation *op);

/// The operations of `block` that are neither free nor its terminator.
llvm::SmallVector<mlir::Operation *> getCostlyOperations(mlir::Block &block);

/// Replaces consecutive operations of `block` by a call of a private function
/// called `name` that holds them, with copies of what they use that
/// `isRepeated`. The function is the module's last operation.
std::pair<mlir::func::FuncOp, mlir::func::CallOp>
outline(mlir::ModuleOp module, mlir::Block &block,
        llvm::ArrayRef<mlir::Operation *> ops,
        llvm::function_ref<bool(mlir::Operation *)> isRepeated,
        const llvm::Twine &name);

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_OUTLINE_H
