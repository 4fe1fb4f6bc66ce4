//===- Folders.h - Values of operations on constants ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_CONSTANTFOLDING_FOLDERS_H
#define SPARSE_OPT_LIB_TRANSFORMS_CONSTANTFOLDING_FOLDERS_H

#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace sopt {

/// An operation to be folded, seen from its operands' values.
class FoldedOp {
public:
  explicit FoldedOp(mlir::Operation *op);

  mlir::Operation *getOperation() const { return op; }

  /// Whether every operand is a constant whose elements are at hand.
  bool hasConstantOperands() const { return allConstant; }

  /// The elements of `value`, null if it is absent.
  const onnx::ConstantData *get(mlir::Value value) const;

  /// The elements of each operand, in order.
  llvm::ArrayRef<onnx::ConstantData> getOperands() const { return operands; }

  /// Whether a result of `type` may be made: it is at most 64 KiB or four times
  /// the operands, and at most 4 MiB or of no more elements than they, so that
  /// int8 weights become fp32 but no `Expand` or `Concat` fills the memory.
  bool mayHold(mlir::RankedTensorType type) const;

  /// What takes the result's elements; none if `mayHold` refuses.
  std::optional<onnx::ConstantWriter> start(llvm::ArrayRef<int64_t> shape,
                                            mlir::Type elementType) const;

  /// The attribute of the elements written.
  mlir::ElementsAttr finish(onnx::ConstantWriter &writer) const;

private:
  mlir::Operation *op;
  llvm::SmallVector<onnx::ConstantData> operands;
  bool allConstant = true;
  int64_t operandBytes = 0;
  int64_t operandElements = 0;
};

/// Computes an operation's only result, null where it is left as it is.
using Folder = mlir::ElementsAttr (*)(const FoldedOp &op);

/// By operation name, the folders of one family each.
using FolderMap = llvm::StringMap<Folder>;
void addCastFolders(FolderMap &folders);
void addElementwiseFolders(FolderMap &folders);
void addMovementFolders(FolderMap &folders);

/// The value of an operation that needs only its operand's static shape: Shape
/// and Size.
mlir::ElementsAttr foldShapeQuery(mlir::Operation *op);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_CONSTANTFOLDING_FOLDERS_H
