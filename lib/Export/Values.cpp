//===- Values.cpp - Types, tensors and attributes as ONNX writes them -----===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::TensorProto;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static bool exportTensorType(TensorType type, ArrayAttr dims,
                             ::onnx::TypeProto::Tensor &proto) {
  auto dataType = sopt::onnx::getDataType(type.getElementType());
  if (!dataType)
    return false;
  proto.set_elem_type(*dataType);
  if (!type.hasRank())
    return true;
  auto &shape = *proto.mutable_shape();
  for (auto [index, size] : llvm::enumerate(type.getShape())) {
    auto &dim = *shape.add_dim();
    if (!ShapedType::isDynamic(size))
      dim.set_dim_value(size);
    else if (dims && index < dims.size())
      if (StringRef name = cast<StringAttr>(dims[index]).getValue();
          !name.empty())
        dim.set_dim_param(name.str());
  }
  return true;
}

bool sopt::exportType(Type type, ArrayAttr dims, ::onnx::TypeProto &proto) {
  if (auto tensor = dyn_cast<TensorType>(type))
    return exportTensorType(tensor, dims, *proto.mutable_tensor_type());
  if (auto sequence = dyn_cast<sopt::onnx::SequenceType>(type))
    return exportType(sequence.getElementType(), {},
                      *proto.mutable_sequence_type()->mutable_elem_type());
  if (auto optional = dyn_cast<sopt::onnx::OptionalType>(type))
    return exportType(optional.getElementType(), {},
                      *proto.mutable_optional_type()->mutable_elem_type());
  if (auto map = dyn_cast<sopt::onnx::MapType>(type)) {
    auto key = sopt::onnx::getDataType(map.getKeyType());
    if (!key)
      return false;
    proto.mutable_map_type()->set_key_type(*key);
    return exportType(map.getValueType(), {},
                      *proto.mutable_map_type()->mutable_value_type());
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Packs elements of `bits` bits, each in a byte, into a stream that fills
/// bytes from their low bits up.
static std::string pack(const sopt::onnx::ConstantData &data, unsigned bits) {
  int64_t size = data.getNumElements();
  std::string packed(llvm::divideCeil(size * bits, 8), 0);
  for (int64_t i = 0; i < size; ++i) {
    unsigned element = uint8_t(data.getBytes()[data.isSplat() ? 0 : i]);
    element &= (1u << bits) - 1;
    int64_t at = i * bits;
    packed[at / 8] |= char(element << (at % 8));
    if (at % 8 + bits > 8)
      packed[at / 8 + 1] |= char(element >> (8 - at % 8));
  }
  return packed;
}

/// All elements as ONNX's raw data, which a splat repeats.
static std::string getRawData(const sopt::onnx::ConstantData &data,
                              unsigned bits) {
  if (bits < 8)
    return pack(data, bits);
  ArrayRef<char> bytes = data.getBytes();
  if (!data.isSplat())
    return std::string(bytes.begin(), bytes.end());
  std::string repeated;
  repeated.reserve(bytes.size() * data.getNumElements());
  for (int64_t i = 0; i < data.getNumElements(); ++i)
    repeated.append(bytes.begin(), bytes.end());
  return repeated;
}

bool sopt::exportTensor(ElementsAttr value, TensorProto &tensor,
                        ArrayRef<char> *data) {
  auto dataType = sopt::onnx::getDataType(value.getElementType());
  if (!dataType)
    return false;
  tensor.set_data_type(*dataType);
  for (int64_t size : value.getShapedType().getShape())
    tensor.add_dims(size);
  if (auto strings = dyn_cast<DenseStringElementsAttr>(value)) {
    for (StringRef string : strings.getValues<StringRef>())
      tensor.add_string_data(string.str());
    return true;
  }
  auto elements = sopt::onnx::ConstantData::get(value);
  if (!elements)
    return false;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    ArrayRef<char> raw = resource.getRawHandle().getBlob()->getData();
    if (data)
      *data = raw;
    else
      tensor.set_raw_data(raw.data(), raw.size());
    return true;
  }
  tensor.set_raw_data(
      getRawData(*elements, sopt::onnx::getDataTypeBits(*dataType)));
  return true;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

void sopt::exportMetadata(
    DictionaryAttr metadata,
    google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>
        &entries) {
  if (!metadata)
    return;
  for (NamedAttribute entry : metadata) {
    auto &written = *entries.Add();
    written.set_key(entry.getName().str());
    if (auto value = dyn_cast<StringAttr>(entry.getValue()))
      written.set_value(value.str());
  }
}

/// Writes a dictionary of `dims`, `indices` and `values`, as import makes one.
static bool exportSparse(DictionaryAttr parts,
                         ::onnx::SparseTensorProto &sparse) {
  auto dims = parts.getAs<DenseI64ArrayAttr>("dims");
  auto indices = parts.getAs<ElementsAttr>("indices");
  auto values = parts.getAs<ElementsAttr>("values");
  if (!dims || !indices || !values)
    return false;
  for (int64_t size : dims.asArrayRef())
    sparse.add_dims(size);
  return exportTensor(indices, *sparse.mutable_indices()) &&
         exportTensor(values, *sparse.mutable_values());
}

/// Writes an array, whose kind its elements show; without one, of strings.
static bool exportArray(ArrayAttr array, AttributeProto &proto) {
  if (llvm::all_of(array, llvm::IsaPred<StringAttr>)) {
    proto.set_type(AttributeProto::STRINGS);
    for (auto string : array.getAsRange<StringAttr>())
      proto.add_strings(string.str());
    return true;
  }
  if (llvm::all_of(array, llvm::IsaPred<ElementsAttr>)) {
    proto.set_type(AttributeProto::TENSORS);
    return llvm::all_of(array.getAsRange<ElementsAttr>(),
                        [&](ElementsAttr elements) {
                          return exportTensor(elements, *proto.add_tensors());
                        });
  }
  if (llvm::all_of(array, llvm::IsaPred<DictionaryAttr>)) {
    proto.set_type(AttributeProto::SPARSE_TENSORS);
    return llvm::all_of(
        array.getAsRange<DictionaryAttr>(), [&](DictionaryAttr sparse) {
          return exportSparse(sparse, *proto.add_sparse_tensors());
        });
  }
  return false;
}

bool sopt::exportAttribute(Attribute value, AttributeProto &proto) {
  if (auto number = dyn_cast<FloatAttr>(value)) {
    if (!number.getType().isF32())
      return false;
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(number.getValue().convertToFloat());
    return true;
  }
  if (auto number = dyn_cast<IntegerAttr>(value)) {
    if (!number.getType().isSignlessInteger(64))
      return false;
    proto.set_type(AttributeProto::INT);
    proto.set_i(number.getInt());
    return true;
  }
  if (auto string = dyn_cast<StringAttr>(value)) {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(string.str());
    return true;
  }
  if (auto numbers = dyn_cast<DenseF32ArrayAttr>(value)) {
    proto.set_type(AttributeProto::FLOATS);
    for (float number : numbers.asArrayRef())
      proto.add_floats(number);
    return true;
  }
  if (auto numbers = dyn_cast<DenseI64ArrayAttr>(value)) {
    proto.set_type(AttributeProto::INTS);
    for (int64_t number : numbers.asArrayRef())
      proto.add_ints(number);
    return true;
  }
  if (auto array = dyn_cast<ArrayAttr>(value))
    return exportArray(array, proto);
  if (auto sparse = dyn_cast<DictionaryAttr>(value)) {
    proto.set_type(AttributeProto::SPARSE_TENSOR);
    return exportSparse(sparse, *proto.mutable_sparse_tensor());
  }
  if (auto elements = dyn_cast<ElementsAttr>(value)) {
    proto.set_type(AttributeProto::TENSOR);
    return exportTensor(elements, *proto.mutable_t());
  }
  if (auto type = dyn_cast<TypeAttr>(value)) {
    proto.set_type(AttributeProto::TYPE_PROTO);
    return exportType(type.getValue(), {}, *proto.mutable_tp());
  }
  return false;
}
