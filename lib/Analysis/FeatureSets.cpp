//===- FeatureSets.cpp - Features that have no order of their own ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Analysis/FeatureSets.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "sparse-opt/Analysis/InputParts.h"
#include "sparse-opt/Analysis/OperatorKinds.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sopt;

/// The layer that takes `use` for its input and has a constant weight, null if
/// there is none.
static LinearOp getReader(OpOperand &use) {
  auto layer = dyn_cast<LinearOp>(use.getOwner());
  bool isInput = layer && &use == &layer.getXMutable();
  return isInput && onnx::ConstantData::get(layer.getWeight()) ? layer
                                                               : nullptr;
}

static int64_t getInputs(LinearOp layer) {
  return layer.getWeight().getType().getDimSize(0);
}

static int64_t getOutputs(LinearOp layer) {
  return layer.getWeight().getType().getDimSize(1);
}

static int64_t getLastSize(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return ShapedType::kDynamic;
  return type.getRank() == 0 ? 1 : type.getShape().back();
}

namespace {
/// Follows features through elementwise operations, to all that makes and reads
/// them.
class FeatureWalk {
public:
  /// No value is in two walks: one that meets what another has seen, and so
  /// what that one gave up for, fails.
  FeatureWalk(int64_t features, llvm::DenseSet<Value> &seen)
      : features(features), seen(seen) {}

  /// Whether all that makes and reads the features of `value` is known.
  bool run(Value value);

  FeatureSet getSet() {
    return {1, features, producers.takeVector(), readers.takeVector()};
  }

private:
  bool add(Value value);
  bool addElementwise(Operation *op);

  int64_t features;
  llvm::DenseSet<Value> &seen;
  llvm::SmallSetVector<Value, 4> values;
  llvm::SetVector<LinearOp, SmallVector<LinearOp, 2>> producers, readers;
};
} // namespace

bool FeatureWalk::add(Value value) {
  if (getLastSize(value) != features)
    return false;
  if (values.contains(value))
    return true;
  values.insert(value);
  return seen.insert(value).second;
}

bool FeatureWalk::addElementwise(Operation *op) {
  if (!isElementwise(op) || op->getNumResults() != 1)
    return false;
  return llvm::all_of(op->getOperands(),
                      [&](Value operand) {
                        // What is the same for all features has none.
                        return getLastSize(operand) == 1 || add(operand);
                      }) &&
         add(op->getResult(0));
}

bool FeatureWalk::run(Value value) {
  if (!add(value))
    return false;
  for (size_t next = 0; next < values.size(); ++next) {
    Value value = values[next];
    Operation *op = value.getDefiningOp();
    if (LinearOp producer = getConstantLayer(value))
      producers.insert(producer);
    else if (!op || !addElementwise(op))
      return false;
    for (OpOperand &use : value.getUses()) {
      if (LinearOp reader = getReader(use))
        readers.insert(reader);
      else if (!addElementwise(use.getOwner()))
        return false;
    }
  }
  return !readers.empty();
}

// Types may leave open what constants say.
static void addHeadSets(AttentionOp attention, std::vector<FeatureSet> &sets) {
  int64_t heads = attention.getHeads(), keyHeads = attention.getKvHeads();
  auto isOf = [](int64_t features, int64_t heads, int64_t size) {
    return size > 0 && features == heads * size;
  };
  if (!attention.isPacked())
    return;
  LinearOp q = getOwnLayer(attention.getQ());
  if (LinearOp k = getOwnLayer(attention.getK()); q && k) {
    int64_t size = getOutputs(k) / keyHeads;
    if (isOf(getOutputs(k), keyHeads, size) && isOf(getOutputs(q), heads, size))
      sets.push_back({keyHeads, size, {q, k}, {}});
  }
  LinearOp v = getOwnLayer(attention.getV());
  if (!v)
    return;
  FeatureSet set = {keyHeads, getOutputs(v) / keyHeads, {v}, {}};
  if (!isOf(getOutputs(v), keyHeads, set.size))
    return;
  for (OpOperand &use : attention.getResult().getUses()) {
    LinearOp reader = getReader(use);
    if (!reader || !isOf(getInputs(reader), heads, set.size))
      return;
    set.readers.push_back(reader);
  }
  sets.push_back(std::move(set));
}

std::vector<FeatureSet> sopt::findFeatureSets(Operation *root) {
  std::vector<FeatureSet> sets;
  llvm::DenseSet<Value> seen;
  root->walk([&](Operation *op) {
    if (auto attention = dyn_cast<AttentionOp>(op))
      return addHeadSets(attention, sets);
    auto layer = dyn_cast<LinearOp>(op);
    if (!layer || !getConstantLayer(layer.getResult()) ||
        seen.contains(layer.getResult()))
      return;
    FeatureWalk walk(getOutputs(layer), seen);
    if (walk.run(layer.getResult()))
      sets.push_back(walk.getSet());
  });
  return sets;
}
