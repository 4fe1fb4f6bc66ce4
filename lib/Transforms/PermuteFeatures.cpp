//===- PermuteFeatures.cpp - Features in the order of their zeros ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TakeParts.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/IR/Threading.h"
#include "sparse-opt/Analysis/FeatureSets.h"
#include "sparse-opt/Schedule/FeatureOrder.h"
#include "sparse-opt/Transforms/LayerSchedule.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {
#define GEN_PASS_DEF_PERMUTEFEATURES
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// What producers may take of their predicted time, or features stay.
static constexpr double kMustSave = 0.95;

static FeatureOrder::Weight getWeight(LinearOp layer) {
  auto data = *onnx::ConstantData::get(layer.getWeight());
  return {data.getAs<float>(), data.getShape()[0], data.getShape()[1]};
}

namespace {
/// Predicts what an order of the features of one set is worth.
class OrderSearch {
public:
  OrderSearch(const FeatureSet &set, const MachineCosts &machine,
              int64_t tokens)
      : set(set), machine(machine), tokens(tokens) {}

  /// The feature that is to come to each place; empty if they are to stay.
  std::vector<int64_t> run();

private:
  /// Whether all producers have patterns of zeros, and no say in their kernel,
  /// and no reader says anything of single features.
  bool readPatterns();
  /// Whether the layers are fast enough if producers have so many blocks.
  bool isWorth(ArrayRef<int64_t> blocks) const;

  const FeatureSet &set;
  const MachineCosts &machine;
  int64_t tokens;
  SmallVector<WeightPattern, 2> patterns;
  /// Of readers: their times, and those with inputs in another order, which
  /// leaves no groups of 4 inputs with few non-zeros.
  double readersBefore = 0, readersAfter = 0;
};
} // namespace

bool OrderSearch::readPatterns() {
  for (LinearOp producer : set.producers) {
    std::optional<WeightPattern> pattern = getPattern(producer);
    if (!pattern || producer.getSchedule() || producer.getPrecision())
      return false;
    patterns.push_back(*pattern);
  }
  for (LinearOp reader : set.readers) {
    if (reader.getPrecision() && reader.getPrecision()->getSmooth())
      return false;
    std::optional<WeightPattern> pattern = getPattern(reader);
    if (!pattern)
      continue;
    readersBefore += chooseKernel(machine, reader, *pattern, tokens).time;
    pattern->mostOf4 = 4;
    readersAfter += chooseKernel(machine, reader, *pattern, tokens).time;
  }
  return true;
}

bool OrderSearch::isWorth(ArrayRef<int64_t> blocks) const {
  double before = 0, after = readersAfter - readersBefore;
  for (auto [producer, pattern, count] :
       llvm::zip_equal(set.producers, patterns, blocks)) {
    WeightPattern permuted = pattern;
    permuted.blocksOf4 = count;
    before += chooseKernel(machine, producer, pattern, tokens).time;
    after += chooseKernel(machine, producer, permuted, tokens).time;
  }
  return after <= kMustSave * before;
}

// Nearly all sets of nearly all models end at one of the first two questions:
// what zeros promise at best, and what a few groups of features do.
std::vector<int64_t> OrderSearch::run() {
  if (!readPatterns())
    return {};
  SmallVector<int64_t, 2> fewest;
  for (const WeightPattern &pattern : patterns)
    fewest.push_back(llvm::divideCeilSigned(pattern.nonZeros, 4));
  if (!isWorth(fewest))
    return {};

  auto weights = llvm::map_to_vector<2>(set.producers, getWeight);
  FeatureOrder features(set.parts, set.size, weights);
  if (!isWorth(features.estimateBlocks()))
    return {};
  std::vector<int64_t> order = features.findOrder();
  SmallVector<int64_t, 2> blocks;
  for (const FeatureOrder::Weight &weight : weights) {
    int64_t repeats = weight.n / int64_t(order.size());
    auto columns = FeatureOrder::repeat(order, set.parts, repeats);
    blocks.push_back(WeightPattern::countBlocks(weight.elements, weight.k,
                                                weight.n, columns));
  }
  return isWorth(blocks) ? order : std::vector<int64_t>();
}

static void permute(const FeatureSet &set, ArrayRef<int64_t> order) {
  auto permuteDim = [&](LinearOp layer, int64_t dim, auto take) {
    int64_t features = layer.getWeight().getType().getDimSize(dim);
    take(layer, features,
         FeatureOrder::repeat(order, set.parts,
                              features / int64_t(order.size())));
  };
  for (LinearOp producer : set.producers)
    permuteDim(producer, 1, takeOutputs);
  for (LinearOp reader : set.readers)
    permuteDim(reader, 0, takeInputs);
}

namespace {
struct PermuteFeatures : sopt::impl::PermuteFeaturesBase<PermuteFeatures> {
  using PermuteFeaturesBase::PermuteFeaturesBase;

  void runOnOperation() override {
    FailureOr<MachineCosts> costs =
        findCosts(getOperation(), getArgument(), isa, *features, machine);
    if (failed(costs))
      return signalPassFailure();
    std::vector<FeatureSet> sets = findFeatureSets(getOperation());
    std::vector<std::vector<int64_t>> orders(sets.size());
    parallelFor(&getContext(), 0, sets.size(), [&](size_t i) {
      orders[i] = OrderSearch(sets[i], *costs, tokens).run();
    });
    // Of a layer in two sets, one permutes the rows of its weight, which
    // changes nothing for the other.
    for (auto [set, order] : llvm::zip_equal(sets, orders))
      if (!order.empty())
        permute(set, order);
  }
};
} // namespace
