//===- TensorData.cpp - The bytes of a TensorProto ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorData.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;
using namespace sopt;
using ::onnx::TensorProto;

//===----------------------------------------------------------------------===//
// External files
//===----------------------------------------------------------------------===//

/// Whether `file`, a path without links, is inside of `folder`.
static bool contains(StringRef folder, StringRef file) {
  SmallString<128> real;
  if (sys::fs::real_path(folder, real))
    return false;
  real += sys::path::get_separator();
  return file.starts_with(real);
}

Expected<std::shared_ptr<MemoryBuffer>>
ExternalFiles::open(StringRef location) {
  std::string name = location.str();
  if (auto it = files.find(location); it != files.end())
    return it->second;
  if (sys::path::is_absolute(location))
    return createStringError("external data '%s' must be a path relative to "
                             "the model's folder",
                             name.c_str());

  StringRef folder = sys::path::parent_path(path);
  SmallString<128> linked(folder), real, realModel;
  sys::path::append(linked, location);
  if (std::error_code error = sys::fs::real_path(linked, real))
    return createStringError("external data '%s' cannot be read: %s",
                             name.c_str(), error.message().c_str());
  // Compared after links are followed, so that none leads out.
  bool isInside = contains(folder.empty() ? "." : folder, real) ||
                  (!sys::fs::real_path(path, realModel) &&
                   contains(sys::path::parent_path(realModel), real));
  if (!isInside)
    return createStringError("external data '%s' is outside the model's folder",
                             name.c_str());
  if (!sys::fs::is_regular_file(real))
    return createStringError("external data '%s' is not a file", name.c_str());
  auto buffer = MemoryBuffer::getFile(real, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError("external data '%s' cannot be read: %s",
                             name.c_str(), buffer.getError().message().c_str());
  return files[location] = std::move(*buffer);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Expected<int64_t> sopt::getNumElements(const TensorProto &tensor) {
  int64_t count = 1;
  bool overflows = false, isEmpty = false;
  for (int64_t size : tensor.dims()) {
    if (size < 0)
      return createStringError("tensor '%s' has the negative dimension %lld",
                               tensor.name().c_str(), (long long)size);
    isEmpty |= size == 0;
    overflows |= size != 0 && MulOverflow(count, size, count);
  }
  if (isEmpty)
    return 0;
  // A complex number of 16 bytes is the largest element.
  int64_t bytes;
  if (overflows || MulOverflow(count, int64_t(16), bytes))
    return createStringError("tensor '%s' is larger than any memory",
                             tensor.name().c_str());
  return count;
}

/// Bytes of `count` elements as ONNX packs them.
static uint64_t getPackedBytes(int64_t count, int32_t dataType) {
  return divideCeil(uint64_t(count) * sopt::onnx::getDataTypeBits(dataType), 8);
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

/// A blob that owns `data`.
static AsmResourceBlob adopt(std::unique_ptr<std::string> data) {
  ArrayRef<char> bytes(data->data(), data->size());
  return AsmResourceBlob(
      bytes, alignof(std::max_align_t),
      [data = std::move(data)](void *, size_t, size_t) mutable {
        data.reset();
      },
      /*dataIsMutable=*/false);
}

static Expected<AsmResourceBlob>
takeExternal(const TensorProto &tensor, uint64_t bytes, ExternalFiles &files) {
  const char *name = tensor.name().c_str();
  std::string location;
  uint64_t offset = 0, length = bytes;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      location = entry.value();
    else if ((entry.key() == "offset" &&
              StringRef(entry.value()).getAsInteger(10, offset)) ||
             (entry.key() == "length" &&
              StringRef(entry.value()).getAsInteger(10, length)))
      return createStringError("tensor '%s' has the external %s '%s', which is "
                               "not a number of bytes",
                               name, entry.key().c_str(),
                               entry.value().c_str());
  }
  if (location.empty())
    return createStringError("tensor '%s' has external data, but no location "
                             "of it",
                             name);
  auto file = files.open(location);
  if (!file)
    return createStringError("tensor '%s': %s", name,
                             toString(file.takeError()).c_str());
  if (length != bytes)
    return createStringError("tensor '%s' has %llu bytes of external data "
                             "where its shape and type need %llu",
                             name, (unsigned long long)length,
                             (unsigned long long)bytes);
  uint64_t size = (*file)->getBufferSize();
  if (offset > size || bytes > size - offset)
    return createStringError(
        "tensor '%s' needs %llu bytes at offset %llu of '%s', which ends after "
        "%llu",
        name, (unsigned long long)bytes, (unsigned long long)offset,
        location.c_str(), (unsigned long long)size);
  ArrayRef<char> data((*file)->getBufferStart() + offset, bytes);
  size_t alignment = size_t(1)
                     << std::min(6, countr_zero(uintptr_t(data.data())));
  return AsmResourceBlob(
      data, alignment,
      [file = *file](void *, size_t, size_t) mutable { file.reset(); },
      /*dataIsMutable=*/false);
}

/// Each value's low `width` bytes (little endian), one after the other.
template <typename Range>
static std::string joinValues(const Range &values, size_t width) {
  std::string bytes;
  bytes.reserve(values.size() * width);
  for (const auto &value : values)
    bytes.append(reinterpret_cast<const char *>(&value), width);
  return bytes;
}

/// The data of the typed field that ONNX prescribes for the data type.
static std::string joinTypedData(const TensorProto &tensor) {
  unsigned bits = sopt::onnx::getDataTypeBits(tensor.data_type());
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
  case TensorProto::COMPLEX64:
    return joinValues(tensor.float_data(), sizeof(float));
  case TensorProto::DOUBLE:
  case TensorProto::COMPLEX128:
    return joinValues(tensor.double_data(), sizeof(double));
  case TensorProto::INT64:
    return joinValues(tensor.int64_data(), sizeof(int64_t));
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    return joinValues(tensor.uint64_data(), bits / 8);
  default:
    return joinValues(tensor.int32_data(), std::max(1u, bits / 8));
  }
}

/// Spreads elements of `bits` < 8, a stream that fills bytes from their low
/// bits up, to a byte each.
static std::string widen(StringRef packed, int64_t count, unsigned bits,
                         bool isSigned) {
  std::string bytes(count, 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = i * bits;
    unsigned value = uint8_t(packed[at / 8]) >> (at % 8);
    if (at % 8 + bits > 8)
      value |= unsigned(uint8_t(packed[at / 8 + 1])) << (8 - at % 8);
    value &= (1u << bits) - 1;
    bytes[i] = char(isSigned ? SignExtend32(value, bits) : value);
  }
  return bytes;
}

Expected<AsmResourceBlob> sopt::takeData(TensorProto &tensor,
                                         ExternalFiles &files) {
  int32_t type = tensor.data_type();
  unsigned bits = sopt::onnx::getDataTypeBits(type);
  if (!bits)
    return createStringError("tensor '%s' has the unknown data type %d",
                             tensor.name().c_str(), type);
  Expected<int64_t> count = getNumElements(tensor);
  if (!count)
    return count.takeError();
  bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
  bool isTyped = !isExternal && !tensor.has_raw_data();
  // Of these, typed data has an element in each entry.
  bool isSpread = isTyped && (type == TensorProto::FLOAT6E2M3 ||
                              type == TensorProto::FLOAT6E3M2);
  uint64_t bytes = isSpread ? *count : getPackedBytes(*count, type);

  auto data = std::make_unique<std::string>();
  if (isExternal) {
    Expected<AsmResourceBlob> blob = takeExternal(tensor, bytes, files);
    if (!blob || bits >= 8)
      return blob;
    data->assign(blob->getData().begin(), blob->getData().end());
  } else if (isTyped) {
    *data = joinTypedData(tensor);
  } else {
    data.reset(tensor.release_raw_data());
  }
  if (data->size() != bytes)
    return createStringError(
        "tensor '%s' has %llu bytes of data where its shape and type need %llu",
        tensor.name().c_str(), (unsigned long long)data->size(),
        (unsigned long long)bytes);
  if (bits < 8 && !isSpread)
    *data = widen(*data, *count, bits,
                  type == TensorProto::INT4 || type == TensorProto::INT2);
  return adopt(std::move(data));
}

ElementsAttr sopt::makeElements(RankedTensorType type, StringRef name,
                                AsmResourceBlob blob) {
  ArrayRef<char> data = blob.getData();
  if (type.getNumElements() == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  if (type.getElementType().isInteger(1)) {
    SmallVector<bool> values(map_range(data, [](char c) { return c != 0; }));
    return DenseElementsAttr::get(type, values);
  }
  if (data.size() <= maxInlineBytes)
    return DenseElementsAttr::getFromRawBuffer(type, data);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}
