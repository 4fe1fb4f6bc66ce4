//===- SparseTensor.cpp - Sparse constants as ONNX writes them ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/Sopt/IR/Packing.h"

using namespace mlir;
using namespace sopt;
using ::onnx::SparseTensorProto;
using ::onnx::TensorProto;

namespace {
/// A stored element: its place in row-major order, and its index in `values`.
struct Element {
  int64_t position, at;
  bool operator<(const Element &other) const {
    return position < other.position;
  }
};
} // namespace

/// ONNX wants elements in row-major order; blocks and groups are in another.
static FailureOr<std::vector<Element>> getElements(SparseConstantOp constant) {
  int64_t columns = constant.getType().getDimSize(1);
  std::vector<Element> elements;
  elements.reserve(constant.getValues().getNumElements());
  if (failed(forEachElement(
          constant.getPacked(),
          [&](int64_t row, int64_t column, int64_t at) {
            elements.push_back({row * columns + column, at});
          },
          [&] { return constant.emitOpError(); })))
    return failure();
  llvm::sort(elements);
  return elements;
}

static void exportValues(const sopt::onnx::ConstantData &values,
                         ArrayRef<Element> elements, TensorProto &tensor) {
  tensor.add_dims(elements.size());
  size_t width = sopt::onnx::getElementBytes(values.getElementType());
  std::string &raw = *tensor.mutable_raw_data();
  raw.reserve(elements.size() * width);
  for (const Element &element : elements)
    raw.append(values.getBytes().data() +
                   (values.isSplat() ? 0 : element.at * width),
               width);
}

/// Positions, or coordinates, row and column by turns.
static void exportIndices(ArrayRef<Element> elements, int64_t columns,
                          bool isLinear, TensorProto &tensor) {
  tensor.set_data_type(TensorProto::INT64);
  tensor.add_dims(elements.size());
  if (!isLinear)
    tensor.add_dims(2);
  std::string &raw = *tensor.mutable_raw_data();
  auto add = [&](int64_t index) {
    raw.append(reinterpret_cast<const char *>(&index), sizeof(index));
  };
  for (const Element &element : elements) {
    if (isLinear) {
      add(element.position);
      continue;
    }
    add(element.position / columns);
    add(element.position % columns);
  }
}

LogicalResult sopt::exportSparseTensor(SparseConstantOp constant,
                                       StringRef name,
                                       SparseTensorProto &sparse) {
  auto dataType = sopt::onnx::getDataType(constant.getType().getElementType());
  if (!dataType)
    return constant.emitOpError("has elements of a type that ONNX lacks");
  auto values = sopt::onnx::ConstantData::get(constant.getValues());
  if (!values)
    return constant.emitOpError("has elements that are not at hand");
  FailureOr<std::vector<Element>> elements = getElements(constant);
  if (failed(elements))
    return failure();

  for (int64_t size : constant.getType().getShape())
    sparse.add_dims(size);
  sparse.mutable_values()->set_name(name.str());
  sparse.mutable_values()->set_data_type(*dataType);
  exportValues(*values, *elements, *sparse.mutable_values());
  bool isLinear = constant->hasAttr(linearIndicesAttrName);
  sparse.mutable_indices()->set_name((name + "_indices").str());
  exportIndices(*elements, constant.getType().getDimSize(1), isLinear,
                *sparse.mutable_indices());
  return success();
}
