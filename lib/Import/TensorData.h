//===- TensorData.h - The bytes of a TensorProto ----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_TENSORDATA_H
#define SPARSE_OPT_LIB_IMPORT_TENSORDATA_H

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <onnx/onnx_pb.h>

namespace sopt {

/// Files beside a model that hold its external data, each mapped once.
class ExternalFiles {
public:
  /// Nothing outside of the folder of the model at `path` is ever opened, nor
  /// of the one that the model itself lies in if `path` is a link: caches of
  /// downloads link a model and its data to where they are.
  explicit ExternalFiles(std::string path) : path(std::move(path)) {}

  /// The file at `location`, relative to the model's folder. Fails if the path
  /// is absolute, leaves the folder (by `..` or by a link) or is not a file.
  llvm::Expected<std::shared_ptr<llvm::MemoryBuffer>>
  open(llvm::StringRef location);

private:
  std::string path;
  llvm::StringMap<std::shared_ptr<llvm::MemoryBuffer>> files;
};

/// Number of elements of `tensor`; fails if a dimension is negative or the
/// bytes exceed what 63 bits count.
llvm::Expected<int64_t> getNumElements(const ::onnx::TensorProto &tensor);

/// Takes the data of a numeric tensor out of `tensor`, which is left without.
/// Elements of less than a byte are widened to one byte each, as MLIR stores
/// them. Raw data is moved, external data stays mapped: neither is copied.
llvm::Expected<mlir::AsmResourceBlob> takeData(::onnx::TensorProto &tensor,
                                               ExternalFiles &files);

/// The constant with the bytes of `data`: inline in the IR if it is small, else
/// a resource named `name`.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type,
                                llvm::StringRef name,
                                mlir::AsmResourceBlob data);

/// Bytes up to which a constant is kept inline, where folders can see it.
constexpr size_t maxInlineBytes = 1024;

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_TENSORDATA_H
