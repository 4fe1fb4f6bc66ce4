//===- Constants.cpp - From attributes and initializers to constants ------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Packing.h"

using namespace llvm;
using namespace mlir;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::TensorProto;

Expected<ElementsAttr> GraphImporter::importTensor(TensorProto &tensor,
                                                   StringRef name) {
  Type element =
      sopt::onnx::getElementType(builder.getContext(), tensor.data_type());
  if (!element)
    return createStringError("tensor '%s' has the unknown data type %d",
                             name.str().c_str(), tensor.data_type());
  Expected<int64_t> count = getNumElements(tensor);
  if (!count)
    return count.takeError();
  auto type = RankedTensorType::get(
      SmallVector<int64_t>(tensor.dims().begin(), tensor.dims().end()),
      element);
  if (tensor.data_type() == TensorProto::STRING) {
    if (tensor.string_data_size() != *count)
      return createStringError("tensor '%s' has %d strings where its shape "
                               "needs %lld",
                               name.str().c_str(), tensor.string_data_size(),
                               (long long)*count);
    SmallVector<StringRef> strings(tensor.string_data().begin(),
                                   tensor.string_data().end());
    return DenseElementsAttr(DenseStringElementsAttr::get(type, strings));
  }
  Expected<AsmResourceBlob> data = takeData(tensor, files);
  if (!data)
    return data.takeError();
  return makeElements(type, name, std::move(*data));
}

Expected<Attribute>
GraphImporter::importSparseTensor(::onnx::SparseTensorProto &sparse) {
  Expected<ElementsAttr> values =
      importTensor(*sparse.mutable_values(), sparse.values().name());
  if (!values)
    return values.takeError();
  Expected<ElementsAttr> indices =
      importTensor(*sparse.mutable_indices(), sparse.indices().name());
  if (!indices)
    return indices.takeError();
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("dims",
                            builder.getDenseI64ArrayAttr(SmallVector<int64_t>(
                                sparse.dims().begin(), sparse.dims().end()))),
       builder.getNamedAttr("indices", *indices),
       builder.getNamedAttr("values", *values)});
}

/// The array of what `import` makes of each of `values`.
template <typename Values, typename Import>
static Expected<Attribute> importEach(OpBuilder &builder, Values &values,
                                      Import import) {
  SmallVector<Attribute> imported;
  for (auto &value : values) {
    auto attribute = import(value);
    if (!attribute)
      return attribute.takeError();
    imported.push_back(*attribute);
  }
  return builder.getArrayAttr(imported);
}

Expected<Attribute> GraphImporter::importAttribute(AttributeProto &attribute) {
  switch (attribute.type()) {
  case AttributeProto::FLOAT:
    return builder.getF32FloatAttr(attribute.f());
  case AttributeProto::INT:
    return builder.getI64IntegerAttr(attribute.i());
  case AttributeProto::STRING:
    return builder.getStringAttr(attribute.s());
  case AttributeProto::FLOATS:
    return builder.getDenseF32ArrayAttr(SmallVector<float>(
        attribute.floats().begin(), attribute.floats().end()));
  case AttributeProto::INTS:
    return builder.getDenseI64ArrayAttr(
        SmallVector<int64_t>(attribute.ints().begin(), attribute.ints().end()));
  case AttributeProto::STRINGS:
    return builder.getStrArrayAttr(SmallVector<StringRef>(
        attribute.strings().begin(), attribute.strings().end()));
  case AttributeProto::TENSOR:
    return importTensor(*attribute.mutable_t(), attribute.name());
  case AttributeProto::TENSORS:
    return importEach(builder, *attribute.mutable_tensors(),
                      [&](TensorProto &tensor) {
                        return importTensor(tensor, attribute.name());
                      });
  case AttributeProto::SPARSE_TENSOR:
    return importSparseTensor(*attribute.mutable_sparse_tensor());
  case AttributeProto::SPARSE_TENSORS:
    return importEach(builder, *attribute.mutable_sparse_tensors(),
                      [&](auto &sparse) { return importSparseTensor(sparse); });
  case AttributeProto::TYPE_PROTO:
    if (Type type = importType(builder.getContext(), attribute.tp()))
      return TypeAttr::get(type);
    [[fallthrough]];
  default:
    return createStringError("attribute '%s' is of a kind that is not "
                             "supported",
                             attribute.name().c_str());
  }
}

void GraphImporter::importConstant(StringRef name, ElementsAttr value) {
  define(name, sopt::onnx::ConstantOp::create(
                   builder, getConstantLocation(name), value));
}

/// Coordinates, row and column by turns, in the narrowest type that holds those
/// of every element of a matrix of `shape`.
static ElementsAttr makeCoordinates(OpBuilder &builder, StringRef name,
                                    ArrayRef<int64_t> positions,
                                    ArrayRef<int64_t> shape) {
  uint64_t largest = std::max<int64_t>({shape[0], shape[1], 1}) - 1;
  unsigned width = largest >> 32   ? 64
                   : largest >> 16 ? 32
                   : largest >> 8  ? 16
                                   : 8;
  size_t bytes = width / 8;
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(positions.size() * 2 * bytes, 64);
  char *next = blob.getMutableData().data();
  for (int64_t position : positions)
    for (int64_t coordinate : {position / shape[1], position % shape[1]}) {
      // The low bytes: the host is little endian.
      std::memcpy(next, &coordinate, bytes);
      next += bytes;
    }
  return makeElements(RankedTensorType::get({int64_t(positions.size()), 2},
                                            builder.getIntegerType(width)),
                      name, std::move(blob));
}

void GraphImporter::importSparseMatrix(SparseData sparse) {
  MLIRContext *context = builder.getContext();
  Type element = sopt::onnx::getElementType(context, sparse.dataType);
  ElementsAttr indices = makeCoordinates(builder, sparse.name + "_indices",
                                         sparse.positions, sparse.shape);
  ElementsAttr values = makeElements(
      RankedTensorType::get(int64_t(sparse.positions.size()), element),
      sparse.name, std::move(sparse.values));
  auto layout =
      LayoutAttr::get(context, LayoutKind::Coo, {},
                      indices.getElementType().getIntOrFloatBitWidth(), 0);
  auto constant = SparseConstantOp::create(
      builder, sopt::onnx::getNodeLocation(context, sparse.name, {}),
      RankedTensorType::get(sparse.shape, element), layout, values, indices,
      /*pointers=*/ElementsAttr());
  if (sparse.hasLinearIndices)
    constant->setAttr(linearIndicesAttrName, builder.getUnitAttr());
  define(sparse.name, constant);
}

Error GraphImporter::importSparse(SparseData sparse) {
  if (sparse.isMatrix()) {
    importSparseMatrix(std::move(sparse));
    return Error::success();
  }
  Expected<TensorProto> tensor = densify(sparse);
  if (!tensor)
    return tensor.takeError();
  Expected<ElementsAttr> value = importTensor(*tensor, sparse.name);
  if (!value)
    return value.takeError();
  importConstant(sparse.name, *value);
  return Error::success();
}

/// The tensor that a Constant node's attribute, in any dense form, means.
static Expected<TensorProto> getConstantTensor(AttributeProto &attribute) {
  TensorProto tensor;
  switch (attribute.type()) {
  case AttributeProto::TENSOR:
    tensor.Swap(attribute.mutable_t());
    return tensor;
  case AttributeProto::FLOAT:
    tensor.set_data_type(TensorProto::FLOAT);
    tensor.add_float_data(attribute.f());
    return tensor;
  case AttributeProto::INT:
    tensor.set_data_type(TensorProto::INT64);
    tensor.add_int64_data(attribute.i());
    return tensor;
  case AttributeProto::STRING:
    tensor.set_data_type(TensorProto::STRING);
    tensor.add_string_data(attribute.s());
    return tensor;
  case AttributeProto::FLOATS:
    tensor.set_data_type(TensorProto::FLOAT);
    tensor.add_dims(attribute.floats_size());
    *tensor.mutable_float_data() = attribute.floats();
    return tensor;
  case AttributeProto::INTS:
    tensor.set_data_type(TensorProto::INT64);
    tensor.add_dims(attribute.ints_size());
    *tensor.mutable_int64_data() = attribute.ints();
    return tensor;
  case AttributeProto::STRINGS:
    tensor.set_data_type(TensorProto::STRING);
    tensor.add_dims(attribute.strings_size());
    *tensor.mutable_string_data() = attribute.strings();
    return tensor;
  default:
    return createStringError("attribute '%s' holds no constant",
                             attribute.name().c_str());
  }
}

Error GraphImporter::importConstantNode(::onnx::NodeProto &node) {
  if (node.attribute_size() != 1 || node.output_size() != 1)
    return createStringError("node '%s' (Constant) needs one attribute and one "
                             "output",
                             node.name().c_str());
  Expected<TensorProto> tensor = getConstantTensor(*node.mutable_attribute(0));
  if (!tensor)
    return tensor.takeError();
  Expected<ElementsAttr> value = importTensor(*tensor, node.output(0));
  if (!value)
    return value.takeError();
  importConstant(node.output(0), *value);
  return Error::success();
}

Error GraphImporter::importInitializers(::onnx::GraphProto &graph) {
  for (TensorProto &tensor : *graph.mutable_initializer()) {
    Expected<ElementsAttr> value = importTensor(tensor, tensor.name());
    if (!value)
      return value.takeError();
    importConstant(tensor.name(), *value);
  }
  return Error::success();
}
