//===- ONNXDialect.cpp - The onnx dialect ---------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sopt::onnx;

#include "dialects/ONNX/IR/ONNXDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/ONNX/IR/ONNXTypes.cpp.inc"

void ONNXDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/ONNX/IR/ONNXTypes.cpp.inc"
      >();
  registerONNXDialectOperations(this);
}

Operation *ONNXDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  if (isa<UnitAttr>(value) && isa<NoneType>(type))
    return NoneOp::create(builder, loc, type);
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

//===----------------------------------------------------------------------===//
// Attributes of arguments, results and modules
//===----------------------------------------------------------------------===//

/// `onnx.name` and `onnx.doc` are strings, `onnx.metadata` is a dictionary;
/// `onnx.dims` names the dimensions of a tensor.
static LogicalResult verifyValueAttribute(Operation *op, NamedAttribute entry,
                                          Type type) {
  if (entry.getName() == ONNXDialect::getNameAttrName() ||
      entry.getName() == ONNXDialect::getDocAttrName()) {
    if (isa<StringAttr>(entry.getValue()))
      return success();
    return op->emitOpError("'")
           << entry.getName().getValue() << "' must be a string";
  }
  if (entry.getName() == ONNXDialect::getMetadataAttrName()) {
    if (isa<DictionaryAttr>(entry.getValue()))
      return success();
    return op->emitOpError("'onnx.metadata' must be a dictionary");
  }
  if (entry.getName() == ONNXDialect::getDimsAttrName()) {
    auto dims = dyn_cast<ArrayAttr>(entry.getValue());
    if (!dims || !llvm::all_of(dims, llvm::IsaPred<StringAttr>))
      return op->emitOpError("'onnx.dims' must be an array of strings");
    auto tensor = dyn_cast_if_present<RankedTensorType>(type);
    if (tensor && tensor.getRank() != int64_t(dims.size()))
      return op->emitOpError("'onnx.dims' has ")
             << dims.size() << " names for a tensor of rank "
             << tensor.getRank();
    return success();
  }
  return op->emitOpError("unknown attribute '")
         << entry.getName().getValue() << "' of the onnx dialect";
}

LogicalResult ONNXDialect::verifyRegionArgAttribute(Operation *op,
                                                    unsigned region,
                                                    unsigned argument,
                                                    NamedAttribute entry) {
  // A function that is only declared has types for arguments, and no block.
  auto function = dyn_cast<FunctionOpInterface>(op);
  return verifyValueAttribute(
      op, entry, function ? function.getArgumentTypes()[argument] : Type());
}

LogicalResult ONNXDialect::verifyRegionResultAttribute(Operation *op,
                                                       unsigned region,
                                                       unsigned result,
                                                       NamedAttribute entry) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  return verifyValueAttribute(
      op, entry, function ? function.getResultTypes()[result] : Type());
}

LogicalResult ONNXDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute entry) {
  if (entry.getName() != getModelAttrName())
    return op->emitOpError("unknown attribute '")
           << entry.getName().getValue() << "' of the onnx dialect";
  if (!isa<ModuleOp>(op) || !isa<DictionaryAttr>(entry.getValue()))
    return op->emitOpError("'onnx.model' must be a dictionary on a module");
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

LogicalResult ConstantOp::verify() {
  ElementsAttr value = getValueAttr();
  if (!value)
    return emitOpError("needs 'value'; import turns the other forms into it");
  if (value.getType() != getOutput().getType())
    return emitOpError("has a value of type ")
           << value.getType() << " but a result of type "
           << getOutput().getType();
  return success();
}

OpFoldResult NoneOp::fold(FoldAdaptor) { return UnitAttr::get(getContext()); }
