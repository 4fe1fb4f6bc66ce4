//===- ConstantData.cpp - The elements of constant tensors ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ElementCodec.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;
using namespace sopt::onnx;

int64_t onnx::getElementBytes(Type elementType) {
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return 2 * getElementBytes(complex.getElementType());
  if (!elementType.isIntOrFloat())
    return 0;
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

std::optional<int64_t> onnx::getTensorBytes(ShapedType type) {
  int64_t bytes = getElementBytes(type.getElementType());
  if (bytes == 0 || !type.hasStaticShape())
    return std::nullopt;
  // A zero among absurd sizes makes the tensor empty, whatever the others are.
  if (llvm::is_contained(type.getShape(), 0))
    return 0;
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(bytes, size, bytes))
      return std::nullopt;
  return bytes;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Spreads elements of `bits` bits, packed from the low bits up, to bytes.
static std::vector<char> unpack(ArrayRef<char> packed, int64_t size,
                                unsigned bits) {
  std::vector<char> bytes(size);
  unsigned perByte = 8 / bits;
  for (int64_t i = 0; i < size; ++i)
    bytes[i] = (uint8_t(packed[i / perByte]) >> (i % perByte * bits)) &
               ((1 << bits) - 1);
  return bytes;
}

/// `dense` stores booleans in a form of its own.
static std::vector<char> getBooleans(DenseElementsAttr dense) {
  if (dense.isSplat())
    return {char(dense.getSplatValue<bool>())};
  auto values = dense.getValues<bool>();
  return std::vector<char>(values.begin(), values.end());
}

std::optional<ConstantData> ConstantData::get(Attribute value) {
  auto elements = dyn_cast_or_null<ElementsAttr>(value);
  auto type = elements ? dyn_cast<RankedTensorType>(elements.getShapedType())
                       : RankedTensorType();
  std::optional<int64_t> bytes =
      type ? getTensorBytes(type) : std::optional<int64_t>();
  if (!bytes)
    return std::nullopt;

  ConstantData data;
  data.type = type;
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    data.splat = dense.isSplat();
    data.bytes = dense.getRawData();
    if (type.getElementType().isInteger(1)) {
      data.unpacked = std::make_shared<std::vector<char>>(getBooleans(dense));
      data.bytes = *data.unpacked;
    }
    return data;
  }

  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return std::nullopt;
  data.bytes = blob->getData();
  unsigned bits = isa<ComplexType>(type.getElementType())
                      ? 8
                      : type.getElementTypeBitWidth();
  if (bits > 1 && bits < 8) {
    int64_t size = type.getNumElements();
    if (int64_t(data.bytes.size()) != int64_t(llvm::divideCeil(size * bits, 8)))
      return std::nullopt;
    data.unpacked =
        std::make_shared<std::vector<char>>(unpack(data.bytes, size, bits));
    data.bytes = *data.unpacked;
    return data;
  }
  if (int64_t(data.bytes.size()) != *bytes)
    return std::nullopt;
  return data;
}

std::optional<ConstantData> ConstantData::get(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : ConstantOp();
  return constant ? get(constant.getValueAttr()) : std::nullopt;
}

double ConstantData::getDouble(int64_t index) const {
  double result = 0;
  [[maybe_unused]] bool known = visitLoadCodec(getElementType(), [&](auto c) {
    result = double(c.load(bytes.data(), splat ? 0 : index));
  });
  assert(known && "not a number");
  return result;
}

int64_t ConstantData::getInt(int64_t index) const {
  int64_t result = 0;
  [[maybe_unused]] bool known = visitLoadCodec(getElementType(), [&](auto c) {
    result = int64_t(c.load(bytes.data(), splat ? 0 : index));
  });
  assert(known && "not a number");
  return result;
}

SmallVector<int64_t> ConstantData::getInts() const {
  SmallVector<int64_t> values(getNumElements());
  for (auto [index, value] : llvm::enumerate(values))
    value = getInt(index);
  return values;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Blobs are aligned for the widest vectors, so that they can be used in place.
constexpr size_t blobAlignment = 64;

ConstantWriter::ConstantWriter(RankedTensorType type)
    : type(type), blob(HeapAsmResourceBlob::allocate(
                      getTensorBytes(type).value(), blobAlignment)),
      bytes(blob.getMutableData()) {}

ElementsAttr ConstantWriter::finish(StringRef name) {
  if (bytes.size() > size_t(maxDenseBytes))
    return DenseResourceElementsAttr::get(type, name, std::move(blob));
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  SmallVector<bool> values(bytes.begin(), bytes.end());
  return DenseElementsAttr::get(type, values);
}

ElementsAttr onnx::makeSplat(RankedTensorType type, ArrayRef<char> element) {
  if (type.getElementType().isInteger(1))
    return DenseElementsAttr::get(type, bool(element[0]));
  return DenseElementsAttr::getFromRawBuffer(type, element);
}

ElementsAttr onnx::reshapeConstant(ElementsAttr value,
                                   ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, value.getElementType());
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.reshape(type);
  return DenseResourceElementsAttr::get(
      type, cast<DenseResourceElementsAttr>(value).getRawHandle());
}
