//===- SparseData.cpp - From SparseTensorProto to a dense tensor
//-----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorData.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace sopt;
using ::onnx::SparseTensorProto;
using ::onnx::TensorProto;

/// The position of the `i`-th value in row-major order, or -1 if an index is
/// out of range. Indices are linear, or one row of coordinates per value.
static int64_t getPosition(ArrayRef<int64_t> indices, bool isLinear, int64_t i,
                           const SparseTensorProto &sparse, int64_t count) {
  if (isLinear)
    return indices[i] >= 0 && indices[i] < count ? indices[i] : -1;
  int64_t position = 0;
  for (int axis = 0; axis < sparse.dims_size(); ++axis) {
    int64_t index = indices[i * sparse.dims_size() + axis];
    if (index < 0 || index >= sparse.dims(axis))
      return -1;
    position = position * sparse.dims(axis) + index;
  }
  return position;
}

Expected<TensorProto> sopt::densify(const SparseTensorProto &sparse) {
  ExternalFiles none{std::string()};
  TensorProto values = sparse.values(), indices = sparse.indices(), dense;
  const char *name = values.name().c_str();
  dense.set_data_type(values.data_type());
  dense.set_name(values.name());
  *dense.mutable_dims() = sparse.dims();
  unsigned bits = sopt::onnx::getDataTypeBits(values.data_type());
  if (bits < 8)
    return createStringError(
        "sparse tensor '%s' has the data type %s, which "
        "is not supported",
        name, sopt::onnx::getDataTypeName(values.data_type()).str().c_str());
  Expected<int64_t> count = getNumElements(dense);
  if (!count)
    return count.takeError();
  int64_t numValues = values.dims_size() == 1 ? values.dims(0) : -1;
  bool isLinear = indices.dims_size() == 1;
  int64_t width = isLinear ? 1 : sparse.dims_size();
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
                             name);

  size_t bytes = bits / 8;
  std::string data(size_t(*count) * bytes, 0);
  ArrayRef<int64_t> positions(
      reinterpret_cast<const int64_t *>(indexData->getData().data()),
      numValues * width);
  for (int64_t i = 0; i < numValues; ++i) {
    int64_t position = getPosition(positions, isLinear, i, sparse, *count);
    if (position < 0)
      return createStringError("sparse tensor '%s' has an index out of range",
                               name);
    std::memcpy(&data[position * bytes],
                valueData->getData().data() + i * bytes, bytes);
  }
  dense.set_raw_data(std::move(data));
  return dense;
}
