//===- SplitLayers.cpp - A layer for each part of a product ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TakeParts.h"
#include "dialects/ONNX/IR/Axis.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "sparse-opt/Analysis/InputParts.h"
#include "sparse-opt/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace sopt {
#define GEN_PASS_DEF_SPLITLAYERS
#include "sparse-opt/Transforms/Passes.h.inc"
} // namespace sopt

using namespace mlir;
using namespace sopt;

/// Columns that kernels of every isa compute together: parts that are no
/// multiples of it would have more of them in all than the layer has.
static constexpr int64_t kColumns = 16;

/// More than q, k and v or the gates of a recurrent layer are a loop's work:
/// each part is code of its own.
static constexpr size_t kMostParts = 8;

static int64_t pad(int64_t columns) { return llvm::alignTo(columns, kColumns); }

/// How many of the last dimension's elements each result takes; none if `split`
/// is along another one, or the sizes are not known.
static SmallVector<int64_t> getSizes(onnx::SplitOp split) {
  SmallVector<int64_t> sizes;
  for (Value result : split.getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || type.getRank() == 0 ||
        ShapedType::isDynamic(type.getShape().back()))
      return {};
    int64_t rank = type.getRank();
    if (onnx::normalizeAxis(split.getAxis(), rank) != rank - 1)
      return {};
    sizes.push_back(type.getShape().back());
  }
  if (!split.getSplit())
    return llvm::all_equal(sizes) ? sizes : SmallVector<int64_t>();
  auto given = onnx::ConstantData::get(split.getSplit());
  bool isGiven =
      given && given->getElementType().isInteger(64) &&
      (given->isSplat() ? llvm::all_equal(sizes) &&
                              given->getAs<int64_t>().front() == sizes.front()
                        : given->getAs<int64_t>() == ArrayRef(sizes));
  return isGiven ? sizes : SmallVector<int64_t>();
}

/// That of `layer`, whose name part `index` of it has with its number.
static Location getPartLocation(LinearOp layer, Value part, size_t index) {
  StringRef name = onnx::getNodeName(layer.getLoc());
  if (name.empty())
    return layer.getLoc();
  std::string own = llvm::formatv("{0}[{1}]", name, index);
  Location loc = onnx::getNodeLocation(
      layer.getContext(), own, {onnx::getTensorName(cast<OpResult>(part))});
  return FusedLoc::get(layer.getContext(), {loc, layer.getLoc()});
}

static void splitLayer(onnx::SplitOp split) {
  LinearOp layer = getOwnLayer(split.getInput());
  // A schedule is one for the whole product.
  if (!layer || layer.getSchedule() || split.getNumResults() > kMostParts)
    return;
  SmallVector<int64_t> sizes = getSizes(split);
  int64_t columns =
      cast<RankedTensorType>(layer.getWeight().getType()).getDimSize(1);
  int64_t sum = 0, padded = 0;
  for (int64_t size : sizes) {
    sum += size;
    padded += pad(size);
  }
  if (sum != columns || padded > pad(columns) || llvm::is_contained(sizes, 0))
    return;
  OpBuilder builder(layer);
  int64_t begin = 0;
  for (auto [index, part] : llvm::enumerate(split.getResults())) {
    int64_t end = begin + sizes[index];
    auto own = cast<LinearOp>(builder.clone(*layer));
    own->setLoc(getPartLocation(layer, part, index));
    takeOutputs(own, columns, llvm::to_vector(llvm::seq(begin, end)));
    own.getResult().setType(cast<RankedTensorType>(part.getType()));
    part.replaceAllUsesWith(own.getResult());
    begin = end;
  }
  split.erase();
  layer.erase();
}

namespace {
struct SplitLayers : sopt::impl::SplitLayersBase<SplitLayers> {
  void runOnOperation() override {
    SmallVector<onnx::SplitOp> splits;
    getOperation()->walk([&](onnx::SplitOp split) { splits.push_back(split); });
    for (onnx::SplitOp split : splits)
      splitLayer(split);
  }
};
} // namespace
