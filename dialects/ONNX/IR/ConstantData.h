//===- ConstantData.h - The elements of constant tensors --------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights are held once, as the blob of a `dense_resource`; small constants are
// `dense`. This is the one place that knows how the elements of both lie in
// memory, and how a new constant is made.
//
// Elements are little-endian and contiguous. Booleans and numbers of fewer than
// eight bits take a byte each, except in a `dense_resource`, where the latter
// are packed as in ONNX's raw data, first element in the low bits.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_ONNX_IR_CONSTANTDATA_H
#define SPARSE_OPT_DIALECTS_ONNX_IR_CONSTANTDATA_H

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <memory>
#include <optional>
#include <vector>

namespace sopt::onnx {

/// Constants of at most so many bytes are `dense`, and uniqued; larger ones are
/// `dense_resource`.
constexpr int64_t maxDenseBytes = 1024;

/// Bytes that one element takes in memory; 0 if `elementType` is no number.
int64_t getElementBytes(mlir::Type elementType);

/// Bytes that the elements of `type` take in memory, none where it is dynamic,
/// not of numbers, or too large to count.
std::optional<int64_t> getTensorBytes(mlir::ShapedType type);

/// A view of the elements of a constant tensor of numbers. Valid as long as the
/// attribute's storage: until its blob is released.
class ConstantData {
public:
  /// None for strings, and where the elements are not at hand (an elided or
  /// released resource) or do not fill the type.
  static std::optional<ConstantData> get(mlir::Attribute value);

  /// The elements of `value` if an `onnx.Constant` defines it.
  static std::optional<ConstantData> get(mlir::Value value);

  mlir::RankedTensorType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return type.getShape(); }
  mlir::Type getElementType() const { return type.getElementType(); }
  int64_t getNumElements() const { return type.getNumElements(); }

  /// Whether one stored element stands for all.
  bool isSplat() const { return splat; }

  /// The stored elements: all of them, or the one of a splat.
  llvm::ArrayRef<char> getBytes() const { return bytes; }

  /// The elements as C++ values of type T, whose size must be an element's.
  /// One of a splat.
  template <typename T> llvm::ArrayRef<T> getAs() const {
    assert(sizeof(T) == size_t(getElementBytes(getElementType())));
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }

  /// Element `index` in row-major order as a number. Any numeric type but
  /// complex; `getInt` truncates fractions and wraps unsigned 64-bit numbers.
  double getDouble(int64_t index) const;
  int64_t getInt(int64_t index) const;

  /// All elements by `getInt`: for shapes, axes and the like.
  llvm::SmallVector<int64_t> getInts() const;

private:
  mlir::RankedTensorType type;
  bool splat = false;
  llvm::ArrayRef<char> bytes;
  /// Holds the bytes where the attribute stores them in another form.
  std::shared_ptr<std::vector<char>> unpacked;
};

/// A constant while its elements are being written: once, in place.
class ConstantWriter {
public:
  /// `type` has a static shape and an element type of at least eight bits, or
  /// i1.
  explicit ConstantWriter(mlir::RankedTensorType type);

  mlir::RankedTensorType getType() const { return type; }
  llvm::MutableArrayRef<char> getBytes() { return bytes; }
  template <typename T> llvm::MutableArrayRef<T> getAs() {
    return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
  }

  /// The attribute that holds what was written. `name` is a hint for the key of
  /// the resource. Ends this writer's use.
  mlir::ElementsAttr finish(llvm::StringRef name = "constant");

private:
  mlir::RankedTensorType type;
  mlir::AsmResourceBlob blob;
  llvm::MutableArrayRef<char> bytes;
};

/// A constant all of whose elements are `element`, the bytes of one.
mlir::ElementsAttr makeSplat(mlir::RankedTensorType type,
                             llvm::ArrayRef<char> element);

/// The elements of `value` in the same order as a tensor of `shape`, which has
/// as many. Shares the storage.
mlir::ElementsAttr reshapeConstant(mlir::ElementsAttr value,
                                   llvm::ArrayRef<int64_t> shape);

} // namespace sopt::onnx

#endif // SPARSE_OPT_DIALECTS_ONNX_IR_CONSTANTDATA_H
