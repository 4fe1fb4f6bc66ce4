//===- Unpad.cpp - Compute with the tokens that are not padding -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantBuilder.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "sparse-opt/Analysis/OperatorKinds.h"
#include "sparse-opt/Analysis/ShapeAnalysis.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace sopt {
#define GEN_PASS_DEF_UNPAD
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Whether `value` is made of `padding` by what only moves or converts it.
static bool isMadeOf(Value padding, Value value) {
  while (value != padding) {
    Operation *op = value.getDefiningOp();
    if (!op || !isa<onnx::CastOp, onnx::ExpandOp, onnx::IdentityOp,
                    onnx::ReshapeOp, onnx::UnsqueezeOp>(op))
      return false;
    value = op->getOperand(0);
  }
  return true;
}

namespace {
/// Rewrites the body of one function; see Unpad in Passes.td.
class Unpadder {
public:
  Unpadder(func::FuncOp function, ShapeAnalysis &shapes)
      : function(function), shapes(shapes) {}

  LogicalResult run();

private:
  /// How an operand of an operation on tokens is laid out.
  enum class Layout { Tokens, Positions, Shared, Other };

  LogicalResult collectAttentions();
  LogicalResult checkAttention(AttentionOp op);
  void collectRegion();
  LogicalResult checkUsers();

  bool isOnTokens(Value value);
  Layout getLayout(Value operand, int64_t rank);
  bool canPack(Operation *op);

  void createIndices();
  Value pack(Value value, int64_t rank);
  Value unpack(Value packed, Value original);
  void packOperation(Operation *op);

  func::FuncOp function;
  ShapeAnalysis &shapes;
  SmallVector<AttentionOp> attentions;
  Value padding;
  /// The operations to compute on packed tokens.
  llvm::SetVector<Operation *> region;

  ImplicitLocOpBuilder *builder = nullptr;
  /// For each token that is not padding: its batch and position, as rows and
  /// as columns; its batch; its position.
  Value places, batches, positions;
  IRMapping packed;
};

struct Unpad : sopt::impl::UnpadBase<Unpad> {
  void runOnOperation() override {
    ShapeAnalysis shapes(getOperation());
    if (failed(Unpadder(getOperation(), shapes).run()))
      signalPassFailure();
  }
};
} // namespace

LogicalResult Unpadder::run() {
  if (failed(collectAttentions()))
    return failure();
  if (attentions.empty()) {
    function.emitWarning("has no attention with padding: nothing is unpadded");
    return success();
  }
  collectRegion();
  if (failed(checkUsers()))
    return failure();
  ImplicitLocOpBuilder b(padding.getLoc(), function.getContext());
  builder = &b;
  createIndices();
  // In the order of the block, so that operands are packed first.
  Block &body = function.getBody().front();
  SmallVector<Operation *> ordered;
  for (Operation &op : body)
    if (region.contains(&op))
      ordered.push_back(&op);
  for (Operation *op : ordered)
    packOperation(op);
  for (Operation *op : llvm::reverse(ordered))
    op->erase();
  // What is packed may be needed before what says which tokens are padding.
  sortTopologically(&body);
  return success();
}

//===----------------------------------------------------------------------===//
// What is packed, and whether it may be
//===----------------------------------------------------------------------===//

LogicalResult Unpadder::collectAttentions() {
  WalkResult result = function.walk([&](AttentionOp op) {
    if (!op.getPadding())
      return WalkResult::advance();
    attentions.push_back(op);
    return WalkResult(checkAttention(op));
  });
  return failure(result.wasInterrupted());
}

LogicalResult Unpadder::checkAttention(AttentionOp op) {
  auto refuse = [&](const Twine &why) {
    return op.emitOpError("cannot be unpadded: ") << why;
  };
  if (!padding)
    padding = op.getPadding();
  if (op->getParentOp() != function)
    return refuse("it is in a branch or loop");
  if (op.getPadding() != padding)
    return refuse("its padding is not that of the first attention");
  if (op.getPadding().getType().getRank() != 2)
    return refuse("its padding is given by lengths");
  if (!op.isPacked())
    return refuse("its heads are a dimension of their own");
  if (op.getBias() || op.getGroup() || op.getWindow() || op.getBlock())
    return refuse("its bias, groups, window or blocks depend on the positions "
                  "of tokens");
  if (op.getTopKBits())
    return refuse("its top_k_bits depend on the maximum of padded tokens too");
  for (Value tokens : {op.getQ(), op.getK(), op.getV()})
    if (!isOnTokens(tokens))
      return refuse("the shape of its operands does not begin with that of "
                    "the padding");
  return success();
}

/// Whether the shape of `value` begins with that of the padding.
bool Unpadder::isOnTokens(Value value) {
  const SymbolicShape *shape = shapes.getShape(value);
  const SymbolicShape *tokens = shapes.getShape(padding);
  return shape && tokens && shape->size() >= 2 && (*shape)[0] == (*tokens)[0] &&
         (*shape)[1] == (*tokens)[1];
}

/// The layout of an operand that is broadcast to tokens of `rank` dimensions.
Unpadder::Layout Unpadder::getLayout(Value operand, int64_t rank) {
  const SymbolicShape *shape = shapes.getShape(operand);
  if (!shape || int64_t(shape->size()) > rank)
    return Layout::Other;
  int64_t missing = rank - shape->size();
  if (missing >= 2)
    return Layout::Shared;
  const SymbolicShape &tokens = *shapes.getShape(padding);
  const DimExpr one(1);
  DimExpr batch = missing ? one : (*shape)[0];
  const DimExpr &position = (*shape)[1 - missing];
  if (batch == tokens[0] && position == tokens[1])
    return missing ? Layout::Positions : Layout::Tokens;
  if (batch != one)
    return Layout::Other;
  if (position == one)
    return Layout::Shared;
  return position == tokens[1] ? Layout::Positions : Layout::Other;
}

bool Unpadder::canPack(Operation *op) {
  if (op->getParentOp() != function || op->getNumResults() != 1)
    return false;
  Value result = op->getResult(0);
  auto type = dyn_cast<RankedTensorType>(result.getType());
  if (!type || type.getRank() < 3 || !isOnTokens(result) ||
      ShapedType::isDynamicShape(type.getShape().drop_front(2)))
    return false;
  if (auto attention = dyn_cast<AttentionOp>(op))
    return llvm::is_contained(attentions, attention);
  if (isa<LinearOp, LayerNormOp, PolyOp>(op))
    return isOnTokens(op->getOperand(0));
  if (auto gather = dyn_cast<onnx::GatherOp>(op))
    return gather.getAxis() == 0 && type.getRank() == 3 &&
           isOnTokens(gather.getIndices());
  // A product with the mask is how a model leaves padding out; that is not for
  // packed tokens, which have none.
  return isElementwise(op) && llvm::all_of(op->getOperands(), [&](Value value) {
           return isa<RankedTensorType>(value.getType()) &&
                  !isMadeOf(padding, value) &&
                  getLayout(value, type.getRank()) != Layout::Other;
         });
}

void Unpadder::collectRegion() {
  SmallVector<Operation *> queue(attentions.begin(), attentions.end());
  while (!queue.empty()) {
    Operation *op = queue.pop_back_val();
    if (!op || region.contains(op) || !canPack(op))
      continue;
    region.insert(op);
    for (Value operand : op->getOperands())
      queue.push_back(operand.getDefiningOp());
    llvm::append_range(queue, op->getUsers());
  }
}

/// Whether a user that sees zeros where there is padding gives what it gave
/// before, or what the pass promises.
static bool toleratesZeros(Operation *user, Value padding) {
  if (isa<func::ReturnOp, onnx::GatherOp, onnx::ShapeOp, onnx::SliceOp>(user))
    return true;
  return isa<onnx::MulOp, onnx::WhereOp>(user) &&
         llvm::any_of(user->getOperands(), [&](Value operand) {
           return isMadeOf(padding, operand);
         });
}

LogicalResult Unpadder::checkUsers() {
  for (Operation *op : region)
    for (Operation *user : op->getUsers()) {
      if (region.contains(user) || toleratesZeros(user, padding))
        continue;
      return user->emitOpError("cannot be unpadded: it would see zeros in "
                               "place of tokens that are padding");
    }
  return success();
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

static RankedTensorType getIntType(MLIRContext *context,
                                   ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, IntegerType::get(context, 64));
}

void Unpadder::createIndices() {
  constexpr int64_t kDynamic = ShapedType::kDynamic;
  ImplicitLocOpBuilder &b = *builder;
  MLIRContext *context = b.getContext();
  b.setInsertionPointAfterValue(padding);
  Value found =
      onnx::NonZeroOp::create(b, getIntType(context, {2, kDynamic}), padding);
  places = onnx::TransposeOp::create(b, getIntType(context, {kDynamic, 2}),
                                     found, b.getDenseI64ArrayAttr({1, 0}));
  auto rowOf = [&](int64_t row) {
    Value at = onnx::ConstantOp::create(
        b, DenseElementsAttr::get(getIntType(context, {}), row));
    return onnx::GatherOp::create(b, getIntType(context, {kDynamic}), found,
                                  at);
  };
  batches = rowOf(0);
  positions = rowOf(1);
}

/// `value` with its first two of `rank` dimensions as 1 × packed tokens.
Value Unpadder::pack(Value value, int64_t rank) {
  if (Value known = packed.lookupOrNull(value))
    return known;
  ImplicitLocOpBuilder &b = *builder;
  auto type = cast<RankedTensorType>(value.getType());
  Layout layout = getLayout(value, rank);
  if (layout == Layout::Shared)
    return value;
  int64_t leading = type.getRank() - (rank - 2);
  SmallVector<int64_t> shape = {ShapedType::kDynamic};
  llvm::append_range(shape, type.getShape().drop_front(leading));
  Value result;
  if (layout == Layout::Tokens) {
    result = onnx::GatherNDOp::create(b, type.clone(shape), value, places);
  } else {
    // A table of positions, perhaps with a batch of one.
    if (leading == 2)
      shape.insert(shape.begin(), 1);
    result = onnx::GatherOp::create(b, type.clone(shape), value, positions,
                                    leading - 1);
    if (leading == 2) {
      packed.map(value, result);
      return result;
    }
  }
  shape.insert(shape.begin(), 1);
  result = onnx::UnsqueezeOp::create(b, type.clone(shape), result,
                                     createInts(b, b.getLoc(), {0}));
  packed.map(value, result);
  return result;
}

void Unpadder::packOperation(Operation *op) {
  ImplicitLocOpBuilder &b = *builder;
  b.setLoc(op->getLoc());
  b.setInsertionPoint(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  IRMapping mapping;
  if (auto gather = dyn_cast<onnx::GatherOp>(op)) {
    mapping.map(gather.getIndices(), pack(gather.getIndices(), 2));
  } else if (isa<AttentionOp, LinearOp, PolyOp>(op)) {
    // Weights may have the shape of tokens by chance; only the first operands
    // are tokens.
    for (Value operand :
         op->getOperands().take_front(isa<AttentionOp>(op) ? 3 : 1))
      mapping.map(operand, pack(operand, type.getRank()));
  } else {
    for (Value operand : op->getOperands())
      mapping.map(operand, pack(operand, type.getRank()));
  }
  Operation *clone = b.clone(*op, mapping);
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = 1;
  shape[1] = ShapedType::kDynamic;
  Value result = clone->getResult(0);
  result.setType(type.clone(shape));
  if (auto attention = dyn_cast<AttentionOp>(clone)) {
    // A sequence is a group. Each token sees itself, so what is added to masked
    // scores no longer shows.
    attention.getPaddingMutable().clear();
    attention.getGroupMutable().assign(batches);
    attention.setFill(-APFloat::getInf(APFloat::IEEEsingle()));
    attention.setEmptyIsZero(false);
  }
  packed.map(op->getResult(0), result);

  auto isOutside = [&](OpOperand &use) {
    return !region.contains(use.getOwner());
  };
  if (llvm::any_of(op->getResult(0).getUses(), isOutside))
    op->getResult(0).replaceUsesWithIf(unpack(result, op->getResult(0)),
                                       isOutside);
}

/// The tokens of `result` at the places they have in `original`, else zeros.
Value Unpadder::unpack(Value result, Value original) {
  ImplicitLocOpBuilder &b = *builder;
  MLIRContext *context = b.getContext();
  auto type = cast<RankedTensorType>(original.getType());
  SmallVector<int64_t> features(type.getShape().drop_front(2));
  auto sizes = onnx::ShapeOp::create(b, getIntType(context, {2}), padding,
                                     /*end=*/IntegerAttr(), /*start=*/0);
  Value rest = createInts(b, b.getLoc(), features);
  int64_t rank = type.getRank();
  Value shape = onnx::ConcatOp::create(b, getIntType(context, {rank}),
                                       ValueRange{sizes, rest}, /*axis=*/0);
  auto zero =
      DenseElementsAttr::get(RankedTensorType::get({1}, type.getElementType()),
                             b.getZeroAttr(type.getElementType()));
  Value zeros = onnx::ConstantOfShapeOp::create(b, type, shape, zero);
  features.insert(features.begin(), ShapedType::kDynamic);
  Value tokens = onnx::SqueezeOp::create(b, type.clone(features), result,
                                         createInts(b, b.getLoc(), {0}));
  return onnx::ScatterNDOp::create(b, type, zeros, places, tokens);
}
