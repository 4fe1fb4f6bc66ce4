//===- ExpandFunctions.cpp - Operators by their definitions ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Transforms/ExpandFunctions.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "sparse-opt/Export/Export.h"
#include "sparse-opt/Import/Import.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace sopt {
#define GEN_PASS_DEF_EXPANDFUNCTIONS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

namespace {
/// An operator that ONNX defines by others, and when it is replaced.
struct DefinedOperator {
  StringLiteral name;
  /// Whether nothing lowers `op` as a whole; null if nothing ever does.
  bool (*mustExpand)(Operation *op);
};
} // namespace

/// Whether there are more or fewer new keys than queries.
static bool hasOtherKeysThanQueries(onnx::AttentionOp op) {
  auto q = dyn_cast<RankedTensorType>(op.getQ().getType());
  auto k = dyn_cast<RankedTensorType>(op.getK().getType());
  if (!q || !k || q.getRank() != k.getRank() || q.getRank() < 3)
    return false;
  int64_t dim = q.getRank() - 2;
  return q.getDimSize(dim) != k.getDimSize(dim);
}

/// Forms of attention that sopt.attention does not have.
static bool isUnusualAttention(Operation *op) {
  auto attention = cast<onnx::AttentionOp>(op);
  bool hasWindow = int64_t(attention.getLeftWindowSize()) >= 0 ||
                   int64_t(attention.getRightWindowSize()) >= 0;
  bool isCausal = attention.getIsCausal();
  // A row that such a mask leaves nothing of is zero, which a bias of -inf
  // cannot say; one that is only padding has been raised.
  Value mask = attention.getAttnMask();
  bool hasBooleanMask = mask && getElementTypeOrSelf(mask).isInteger(1);
  return hasBooleanMask || !attention.getSoftcap().isZero() ||
         attention.getQkMatmulOutput() ||
         (attention.getNonpadKvSeqlen() && (isCausal || hasWindow || mask)) ||
         (attention.getPastKey() &&
          (hasWindow || (isCausal && hasOtherKeysThanQueries(attention)))) ||
         getElementTypeOrSelf(attention.getQ().getType()).isF64();
}

static const DefinedOperator kOperators[] = {
    {"onnx.AffineGrid", nullptr},
    {"onnx.Attention", isUnusualAttention},
    {"onnx.BlackmanWindow", nullptr},
    {"onnx.CausalConvWithState", nullptr},
    {"onnx.CenterCropPad", nullptr},
    {"onnx.HammingWindow", nullptr},
    {"onnx.HannWindow", nullptr},
    {"onnx.LinearAttention", nullptr},
    {"onnx.NegativeLogLikelihoodLoss", nullptr},
    {"onnx.RotaryEmbedding", nullptr},
    {"onnx.SoftmaxCrossEntropyLoss", nullptr},
};

SmallVector<StringRef> sopt::getExpandedOperators() {
  return llvm::map_to_vector(kOperators, [](const DefinedOperator &entry) {
    return entry.name.split('.').second;
  });
}

static bool mustExpand(Operation *op) {
  for (const DefinedOperator &entry : kOperators)
    if (op->getName().getStringRef() == entry.name)
      return !entry.mustExpand || entry.mustExpand(op);
  return false;
}

/// Whether the definition of an operator may look at the elements of `value`,
/// so that it goes along as a constant.
static bool isSmallConstant(Value value) {
  auto constant = value.getDefiningOp<onnx::ConstantOp>();
  return constant && isa<DenseElementsAttr>(constant.getValueAttr());
}

/// A model of one node, `op`, whose inputs are added to `inputs`.
static OwningOpRef<ModuleOp> makeModel(Operation *op,
                                       llvm::SetVector<Value> &inputs) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
  OpBuilder builder = OpBuilder::atBlockBegin(module->getBody());
  for (Value operand : op->getOperands())
    if (!isSmallConstant(operand))
      inputs.insert(operand);
  auto type = builder.getFunctionType(ValueRange(inputs.getArrayRef()),
                                      op->getResultTypes());
  auto function =
      func::FuncOp::create(builder, op->getLoc(), mainGraphName, type);
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(inputs.getArrayRef(), body->getArguments());
  for (Value operand : op->getOperands())
    if (!mapping.contains(operand))
      builder.clone(*operand.getDefiningOp(), mapping);
  Operation *node = builder.clone(*op, mapping);
  func::ReturnOp::create(builder, op->getLoc(), node->getResults());
  return module;
}

/// Puts the body of the only function of `module`, applied to `inputs`, in the
/// place of `op`.
static LogicalResult replaceByBody(Operation *op, ModuleOp module,
                                   ArrayRef<Value> inputs) {
  auto function = module.lookupSymbol<func::FuncOp>(mainGraphName);
  if (!function || function.getNumArguments() != inputs.size() ||
      function.getNumResults() != op->getNumResults())
    return failure();
  Block &body = function.front();
  Operation *end = body.getTerminator();
  for (auto [made, wanted] :
       llvm::zip_equal(end->getOperandTypes(), op->getResultTypes()))
    if (!tensor::CastOp::areCastCompatible(made, wanted))
      return failure();

  OpBuilder builder(op);
  IRMapping mapping;
  mapping.map(body.getArguments(), inputs);
  for (Operation &part : body.without_terminator())
    builder.clone(part, mapping)->setLoc(op->getLoc());
  for (auto [made, result] :
       llvm::zip_equal(end->getOperands(), op->getResults())) {
    Value value = mapping.lookup(made);
    if (value.getType() != result.getType())
      value = tensor::CastOp::create(builder, op->getLoc(), result.getType(),
                                     value);
    result.replaceAllUsesWith(value);
  }
  op->erase();
  return success();
}

/// Replaces `op` by its definition. Fails where the ONNX library cannot expand
/// it; the lowering then refuses it.
static LogicalResult expand(Operation *op) {
  // What the library says is of a model that the user never saw.
  ScopedDiagnosticHandler quiet(op->getContext(),
                                [](Diagnostic &) { return success(); });
  llvm::SetVector<Value> inputs;
  OwningOpRef<ModuleOp> model = makeModel(op, inputs);
  FailureOr<std::string> bytes = serializeONNX(*model);
  if (failed(bytes))
    return failure();
  StringRef name = op->getName().stripDialect();
  OwningOpRef<ModuleOp> expanded =
      importONNX(llvm::MemoryBufferRef(*bytes, name), {name}, op->getContext());
  if (!expanded)
    return failure();
  return replaceByBody(op, *expanded, inputs.getArrayRef());
}

namespace {
struct ExpandFunctions : sopt::impl::ExpandFunctionsBase<ExpandFunctions> {
  void runOnOperation() override {
    // A definition may use another operator that is to be expanded.
    llvm::DenseSet<Operation *> failed;
    bool isChanged = true;
    while (isChanged) {
      isChanged = false;
      SmallVector<Operation *> chosen;
      getOperation().walk([&](Operation *op) {
        if (mustExpand(op) && !failed.contains(op))
          chosen.push_back(op);
      });
      for (Operation *op : chosen) {
        if (succeeded(expand(op)))
          isChanged = true;
        else
          failed.insert(op);
      }
    }
  }
};
} // namespace
