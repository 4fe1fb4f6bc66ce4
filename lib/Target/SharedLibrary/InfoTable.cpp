//===- InfoTable.cpp - The table that the runtime reads -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InfoTable.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "sparse-opt/Runtime/ModelInfo.h"
#include "sparse-opt/Transforms/OutputShapes.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace {
/// Builds constants of the structs in ModelInfo.h, field by field.
class TableBuilder {
public:
  explicit TableBuilder(Module &module)
      : module(module), context(module.getContext()),
        pointer(PointerType::get(context, 0)) {}

  Constant *getInt(int32_t value) {
    return ConstantInt::get(Type::getInt32Ty(context), value, /*signed=*/true);
  }

  Constant *getText(StringRef text) {
    return define(ConstantDataArray::getString(context, text));
  }

  Constant *getTexts(mlir::ArrayAttr texts) {
    SmallVector<Constant *> pointers;
    for (auto text : texts.getAsRange<mlir::StringAttr>())
      pointers.push_back(getText(text));
    return define(
        ConstantArray::get(ArrayType::get(pointer, pointers.size()), pointers));
  }

  Constant *getSizes(ArrayRef<int64_t> shape) {
    SmallVector<uint64_t> sizes;
    for (int64_t size : shape)
      sizes.push_back(mlir::ShapedType::isDynamic(size) ? -1 : size);
    return define(ConstantDataArray::get(context, sizes));
  }

  /// A `SoptTensorInfo[]`.
  Constant *getTensors(ArrayRef<sopt::TensorInfoAttr> tensors) {
    SmallVector<Constant *> infos;
    for (sopt::TensorInfoAttr tensor : tensors) {
      mlir::RankedTensorType type = tensor.getType();
      infos.push_back(ConstantStruct::getAnon(
          {getText(tensor.getName()),
           getInt(*sopt::onnx::getDataType(type.getElementType())),
           getInt(type.getRank()), getSizes(type.getShape()),
           getTexts(tensor.getDims())}));
    }
    if (infos.empty())
      return ConstantPointerNull::get(pointer);
    return define(ConstantArray::get(
        ArrayType::get(infos.front()->getType(), infos.size()), infos));
  }

  /// A private constant that holds `value`.
  Constant *define(Constant *value) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value);
  }

private:
  Module &module;
  LLVMContext &context;
  PointerType *pointer;
};
} // namespace

/// `void run(void *results, void *const *arguments)`, which calls the C wrapper
/// of @main_graph with each argument's descriptor.
static Function *addRun(Module &module, size_t numInputs) {
  LLVMContext &context = module.getContext();
  auto *pointer = PointerType::get(context, 0);
  auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, pointer},
                                 /*isVarArg=*/false);
  auto *run = Function::Create(type, GlobalValue::InternalLinkage,
                               "sopt_model_run", module);
  IRBuilder<> builder(BasicBlock::Create(context, "", run));
  SmallVector<Value *> arguments = {run->getArg(0)};
  for (size_t i = 0; i < numInputs; ++i)
    arguments.push_back(builder.CreateLoad(
        pointer,
        builder.CreateConstInBoundsGEP1_64(pointer, run->getArg(1), i)));
  Function *wrapper = module.getFunction("_mlir_ciface_main_graph");
  assert(wrapper && "the pipeline asks for C wrappers");
  wrapper->setLinkage(GlobalValue::InternalLinkage);
  builder.CreateCall(wrapper, arguments);
  builder.CreateRetVoid();
  return run;
}

/// `void shapes(const int64_t *inputDims, int64_t *outputDims)`, which calls
/// the function of sopt-output-shapes. Null if there is none.
static Constant *addShapes(Module &module) {
  LLVMContext &context = module.getContext();
  auto *pointer = PointerType::get(context, 0);
  Function *sizes = module.getFunction(sopt::kOutputShapes);
  if (!sizes)
    return ConstantPointerNull::get(pointer);
  auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, pointer},
                                 /*isVarArg=*/false);
  auto *shapes = Function::Create(type, GlobalValue::InternalLinkage,
                                  "sopt_model_shapes", module);
  IRBuilder<> builder(BasicBlock::Create(context, "", shapes));
  Type *size = builder.getInt64Ty();
  SmallVector<Value *> arguments;
  for (size_t i = 0; i < sizes->arg_size(); ++i)
    arguments.push_back(builder.CreateLoad(
        size, builder.CreateConstInBoundsGEP1_64(size, shapes->getArg(0), i)));
  Value *results = builder.CreateCall(sizes, arguments);
  // One size, or a structure of them, which lie in memory as an array does.
  if (!results->getType()->isVoidTy())
    builder.CreateStore(results, shapes->getArg(1));
  builder.CreateRetVoid();
  return shapes;
}

void sopt::addInfoTable(mlir::ModuleOp source, Module &target) {
  auto signature =
      source->getAttrOfType<SignatureAttr>(SoptDialect::getSignatureAttrName());
  auto nodes =
      source->getAttrOfType<mlir::ArrayAttr>(SoptDialect::getNodesAttrName());
  assert(signature && nodes && "the pipeline records both");
  TableBuilder table(target);
  Constant *info = ConstantStruct::getAnon(
      {table.getInt(SOPT_ABI_VERSION),
       table.getInt(signature.getInputs().size()),
       table.getInt(signature.getOutputs().size()), table.getInt(nodes.size()),
       table.getTensors(signature.getInputs()),
       table.getTensors(signature.getOutputs()), table.getTexts(nodes),
       addRun(target, signature.getInputs().size()), addShapes(target)});
  auto *global =
      new GlobalVariable(target, info->getType(), /*isConstant=*/true,
                         GlobalValue::ExternalLinkage, info, "sopt_model_info");
  global->setVisibility(GlobalValue::HiddenVisibility);
}
