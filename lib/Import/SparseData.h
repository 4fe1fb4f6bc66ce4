//===- SparseData.h - The elements of a SparseTensorProto -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_SPARSEDATA_H
#define SPARSE_OPT_LIB_IMPORT_SPARSEDATA_H

#include "TensorData.h"

namespace sopt {

/// What a SparseTensorProto holds, with every index inside the tensor and after
/// the one before it.
struct SparseData {
  std::string name;
  int32_t dataType;
  llvm::SmallVector<int64_t> shape;
  mlir::AsmResourceBlob values;
  std::vector<int64_t> positions; ///< Of each value, in row-major order.
  bool hasLinearIndices; ///< Whether the file has positions, not coordinates.

  /// Whether it is what a `sopt.sparse_constant` can hold: a matrix of numbers.
  bool isMatrix() const;
};

/// Takes the elements out of `sparse`, which is left without.
llvm::Expected<SparseData> takeSparseData(::onnx::SparseTensorProto &sparse);

/// The dense tensor that `sparse` means, of the same name. Fails where it would
/// be too large.
llvm::Expected<::onnx::TensorProto> densify(const SparseData &sparse);
llvm::Expected<::onnx::TensorProto> densify(::onnx::SparseTensorProto &sparse);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_SPARSEDATA_H
