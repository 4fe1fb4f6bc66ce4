//===- RecordSignature.cpp - What a model takes and gives ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_RECORDSIGNATURE
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;
using sopt::onnx::ONNXDialect;

/// Describes a value of `type` with `attributes`, called `fallback` if nothing
/// names it. Null, after an error, if it is no ranked tensor.
static TensorInfoAttr describe(func::FuncOp function, Type type,
                               DictionaryAttr attributes,
                               const std::string &fallback) {
  MLIRContext *context = function.getContext();
  Attribute name, dims;
  if (attributes) {
    name = attributes.get(ONNXDialect::getNameAttrName());
    dims = attributes.get(ONNXDialect::getDimsAttrName());
  }
  if (!name)
    name = StringAttr::get(context, fallback);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor) {
    function.emitOpError() << name << " is " << type
                           << "; only tensors of known rank can cross the C "
                              "interface";
    return nullptr;
  }
  if (!dims)
    dims = Builder(context).getStrArrayAttr(
        SmallVector<StringRef>(tensor.getRank(), ""));
  return TensorInfoAttr::get(context, cast<StringAttr>(name), tensor,
                             cast<ArrayAttr>(dims));
}

namespace {
struct RecordSignature : sopt::impl::RecordSignatureBase<RecordSignature> {
  void runOnOperation() override {
    auto function = getOperation().lookupSymbol<func::FuncOp>("main_graph");
    if (!function) {
      getOperation().emitOpError("has no function @main_graph");
      return signalPassFailure();
    }
    SmallVector<TensorInfoAttr> inputs, outputs;
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
      inputs.push_back(describe(function, type, function.getArgAttrDict(index),
                                "input" + std::to_string(index)));
    for (auto [index, type] : llvm::enumerate(function.getResultTypes()))
      outputs.push_back(describe(function, type,
                                 function.getResultAttrDict(index),
                                 "output" + std::to_string(index)));
    if (llvm::is_contained(inputs, nullptr) ||
        llvm::is_contained(outputs, nullptr))
      return signalPassFailure();
    // Inputs belong to the caller, who runs the model with them again: what
    // would update one in place works on a copy.
    Builder builder(&getContext());
    auto readOnly = builder.getDictionaryAttr(builder.getNamedAttr(
        bufferization::BufferizationDialect::kWritableAttrName,
        builder.getBoolAttr(false)));
    function.setAllArgAttrs(
        SmallVector<DictionaryAttr>(inputs.size(), readOnly));
    function.setAllResultAttrs(SmallVector<DictionaryAttr>(outputs.size()));
    // The wrapper takes pointers to descriptors, whatever the ranks.
    function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                      UnitAttr::get(&getContext()));
    getOperation()->setAttr(SoptDialect::getSignatureAttrName(),
                            SignatureAttr::get(&getContext(), inputs, outputs));
  }
};
} // namespace
