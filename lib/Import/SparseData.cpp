//===- SparseData.cpp - The elements of a SparseTensorProto ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseData.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/Sopt/IR/Packing.h"

using namespace llvm;
using namespace sopt;
using ::onnx::SparseTensorProto;
using ::onnx::TensorProto;

bool SparseData::isMatrix() const {
  return shape.size() == 2 && dataType != TensorProto::BOOL &&
         dataType != TensorProto::COMPLEX64 &&
         dataType != TensorProto::COMPLEX128;
}

/// The position of the `i`-th value in row-major order, or -1 if an index is
/// out of range. Indices are linear, or one row of coordinates per value.
static int64_t getPosition(ArrayRef<int64_t> indices, bool isLinear, int64_t i,
                           ArrayRef<int64_t> shape, int64_t count) {
  if (isLinear)
    return indices[i] >= 0 && indices[i] < count ? indices[i] : -1;
  int64_t position = 0;
  for (auto [index, size] :
       zip_equal(indices.slice(i * shape.size(), shape.size()), shape)) {
    if (index < 0 || index >= size)
      return -1;
    position = position * size + index;
  }
  return position;
}

Expected<SparseData> sopt::takeSparseData(SparseTensorProto &sparse) {
  ExternalFiles none{std::string()};
  TensorProto &values = *sparse.mutable_values();
  TensorProto &indices = *sparse.mutable_indices();
  std::string name = values.name();
  if (sopt::onnx::getDataTypeBits(values.data_type()) < 8)
    return createStringError(
        "sparse tensor '%s' has the data type %s, which is not supported",
        name.c_str(),
        sopt::onnx::getDataTypeName(values.data_type()).str().c_str());
  TensorProto dense;
  dense.set_name(name);
  *dense.mutable_dims() = sparse.dims();
  Expected<int64_t> count = getNumElements(dense);
  if (!count)
    return count.takeError();
  int64_t numValues = values.dims_size() == 1 ? values.dims(0) : -1;
  bool isLinear = indices.dims_size() == 1;
  int64_t width = isLinear ? 1 : sparse.dims_size();
  int32_t dataType = values.data_type();
  Expected<mlir::AsmResourceBlob> valueData = takeData(values, none);
  if (!valueData)
    return valueData.takeError();
  Expected<mlir::AsmResourceBlob> indexData = takeData(indices, none);
  if (!indexData)
    return indexData.takeError();
  if (indices.data_type() != TensorProto::INT64 || numValues < 0 ||
      indexData->getData().size() != uint64_t(numValues) * width * 8)
    return createStringError("sparse tensor '%s' needs as many 64-bit indices "
                             "as values",
                             name.c_str());

  SparseData data{
      std::move(name),
      dataType,
      SmallVector<int64_t>(sparse.dims().begin(), sparse.dims().end()),
      std::move(*valueData),
      {},
      isLinear};
  ArrayRef<int64_t> numbers(
      reinterpret_cast<const int64_t *>(indexData->getData().data()),
      numValues * width);
  data.positions.reserve(numValues);
  for (int64_t i = 0; i < numValues; ++i) {
    int64_t position = getPosition(numbers, isLinear, i, data.shape, *count);
    if (position < 0)
      return createStringError("sparse tensor '%s' has an index out of range",
                               data.name.c_str());
    if (i > 0 && position <= data.positions.back())
      return createStringError("sparse tensor '%s' has an index out of order",
                               data.name.c_str());
    data.positions.push_back(position);
  }
  return std::move(data);
}

Expected<TensorProto> sopt::densify(const SparseData &sparse) {
  TensorProto dense;
  dense.set_name(sparse.name);
  dense.set_data_type(sparse.dataType);
  dense.mutable_dims()->Add(sparse.shape.begin(), sparse.shape.end());
  Expected<int64_t> count = getNumElements(dense);
  if (!count)
    return count.takeError();
  size_t width = sopt::onnx::getDataTypeBits(sparse.dataType) / 8;
  if (*count > maxUnpackedBytes / int64_t(width))
    return createStringError("sparse tensor '%s' is too large to be held dense",
                             sparse.name.c_str());
  auto data = std::make_unique<std::string>(size_t(*count) * width, 0);
  const char *value = sparse.values.getData().data();
  for (int64_t position : sparse.positions) {
    std::memcpy(&(*data)[position * width], value, width);
    value += width;
  }
  dense.set_allocated_raw_data(data.release());
  return dense;
}

Expected<TensorProto> sopt::densify(SparseTensorProto &sparse) {
  Expected<SparseData> data = takeSparseData(sparse);
  return data ? densify(*data) : data.takeError();
}
