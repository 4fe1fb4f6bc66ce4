//===- CheckLimits.cpp - Refuse what would take hours or all memory -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace sopt {
#define GEN_PASS_DEF_CHECKLIMITS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// 1 TiB, far above the weights and activations of any model that is run.
static constexpr uint64_t kMostBytes = uint64_t(1) << 40;

static constexpr llvm::StringLiteral kModel = "the model";

/// Whether the sizes of `type` that are known make it too large for any
/// machine. Without elements it takes no memory, whatever its other sizes.
static bool isTooLarge(ShapedType type) {
  if (llvm::is_contained(type.getShape(), 0))
    return false;
  uint64_t bytes = 1;
  if (Type element = type.getElementType(); element.isIntOrFloat())
    bytes = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  for (int64_t size : type.getShape())
    if (!ShapedType::isDynamic(size))
      bytes = llvm::SaturatingMultiply(bytes, uint64_t(size));
  return bytes > kMostBytes;
}

namespace {
class CheckLimits : public sopt::impl::CheckLimitsBase<CheckLimits> {
public:
  using CheckLimitsBase::CheckLimitsBase;

  void runOnOperation() override {
    auto model = getOperation().lookupSymbol<func::FuncOp>("main_graph");
    if (!model)
      return;
    markAllAnalysesPreserved();
    if (failed(checkSignature(model)) || failed(checkBody(model)))
      signalPassFailure();
  }

private:
  LogicalResult checkSignature(func::FuncOp model);
  LogicalResult checkBody(func::FuncOp model);

  /// Fails if `type` has too many dimensions or elements; `name` tells of what.
  LogicalResult checkType(Location loc, StringRef name, Type type);

  /// Fails if `count` of `things` are more than `most`; `subject` has them.
  static LogicalResult checkCount(Location loc, StringRef subject,
                                  uint64_t count, uint64_t most,
                                  StringRef things) {
    if (count <= most)
      return success();
    return emitError(loc) << subject << " has " << count << ' ' << things
                          << ", more than the " << most << " that are compiled";
  }
};
} // namespace

LogicalResult CheckLimits::checkType(Location loc, StringRef name, Type type) {
  auto tensor = dyn_cast<ShapedType>(type);
  if (!tensor || !tensor.hasRank())
    return success();
  if (failed(checkCount(loc, name, tensor.getRank(), maxRank, "dimensions")))
    return failure();
  if (isTooLarge(tensor))
    return emitError(loc) << name << " is larger than any memory";
  return success();
}

LogicalResult CheckLimits::checkSignature(func::FuncOp model) {
  // The location of the function is the graph's name, which is no node's.
  Location loc = getOperation().getLoc();
  if (failed(checkCount(loc, kModel, model.getNumArguments(), maxValues,
                        "inputs")) ||
      failed(
          checkCount(loc, kModel, model.getNumResults(), maxValues, "outputs")))
    return failure();
  for (auto [i, type] : llvm::enumerate(model.getArgumentTypes())) {
    auto name = model.getArgAttrOfType<StringAttr>(
        i, onnx::ONNXDialect::getNameAttrName());
    std::string input = "an input";
    if (name)
      input = ("input '" + name.getValue() + "'").str();
    if (failed(checkType(loc, input, type)))
      return failure();
  }
  return success();
}

LogicalResult CheckLimits::checkBody(func::FuncOp model) {
  uint64_t numNodes = 0;
  WalkResult walk = model.getBody().walk([&](Operation *op) -> WalkResult {
    // Constants are data, and terminators as wide as what they end.
    if (op->hasTrait<OpTrait::ConstantLike>() ||
        op->hasTrait<OpTrait::IsTerminator>())
      return success();
    ++numNodes;
    Location loc = op->getLoc();
    if (failed(checkCount(loc, "it", op->getNumOperands(), maxOperands,
                          "operands")) ||
        failed(
            checkCount(loc, "it", op->getNumResults(), maxOperands, "results")))
      return failure();
    for (Type type : op->getResultTypes())
      if (failed(checkType(loc, "a result", type)))
        return failure();
    return success();
  });
  if (walk.wasInterrupted())
    return failure();
  return checkCount(getOperation().getLoc(), kModel, numNodes, maxNodes,
                    "nodes");
}
