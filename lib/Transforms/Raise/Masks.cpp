//===- Masks.cpp - Understand how a graph makes its mask ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "../ConstantBuilder.h"
#include "MaskElements.h"
#include "Scalars.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;

std::optional<MaskSet> MaskReader::unite(const MaskSet &a, const MaskSet &b) {
  MaskSet result = a;
  if (b.padding) {
    if (a.padding && (a.padding != b.padding || a.inverted != b.inverted))
      return std::nullopt;
    result.padding = b.padding;
    result.inverted = b.inverted;
  }
  if (b.causalOffset) {
    if (a.causalOffset && *a.causalOffset != *b.causalOffset)
      return std::nullopt;
    result.causalOffset = b.causalOffset;
  }
  if (b.reach)
    result.reach = a.reach ? std::min(*a.reach, *b.reach) : *b.reach;
  return result;
}

std::optional<AdditiveMask> MaskReader::readAdditive(Value value) {
  std::optional<View> view = makeView(value);
  return view ? readAdditive(*view) : std::nullopt;
}

std::optional<MaskSet> MaskReader::readSet(Value value, bool when) {
  std::optional<View> view = makeView(value);
  return view ? readSet(*view, when) : std::nullopt;
}

Value sopt::squeezePadding(const MaskSet &set, ShapeAnalysis &shapes,
                           PatternRewriter &rewriter, Location loc) {
  auto type = cast<RankedTensorType>(set.padding.getType());
  SmallVector<int64_t> ones, sizes;
  // Where batch and keys lie among the ones is the exporter's choice: some
  // have a one behind the keys.
  for (auto [i, dim] : llvm::enumerate(*shapes.getShape(set.padding)))
    if (dim == DimExpr(1))
      ones.push_back(i);
    else
      sizes.push_back(type.getDimSize(i));
  if (ones.empty())
    return set.padding;
  return onnx::SqueezeOp::create(rewriter, loc, type.clone(sizes), set.padding,
                                 createInts(rewriter, loc, ones));
}

//===----------------------------------------------------------------------===//
// Masks to be added
//===----------------------------------------------------------------------===//

/// scale · atom + shift, by scalars.
static Value peelAffine(Value value, double &scale, double &shift) {
  // value = scale · current + shift, from the outside in.
  scale = 1;
  shift = 0;
  while (true) {
    value = skipFloatCasts(value);
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<onnx::MulOp, onnx::DivOp, onnx::AddOp, onnx::SubOp>(
            op))
      return value;
    std::optional<double> a = getSplat(op->getOperand(0));
    std::optional<double> b = getSplat(op->getOperand(1));
    if (isa<onnx::MulOp>(op) && (a || b)) {
      scale *= b ? *b : *a;
    } else if (isa<onnx::DivOp>(op) && b) {
      scale /= *b;
    } else if (isa<onnx::AddOp>(op) && (a || b)) {
      shift += scale * (b ? *b : *a);
    } else if (isa<onnx::SubOp>(op) && b) {
      shift -= scale * *b;
    } else if (isa<onnx::SubOp>(op) && a) {
      shift += scale * *a;
      scale = -scale;
      value = op->getOperand(1);
      continue;
    } else {
      return value;
    }
    value = b ? op->getOperand(0) : op->getOperand(1);
  }
}

std::optional<AdditiveMask> MaskReader::readAdditive(View view) {
  view = skipMoves(view);
  if (std::optional<double> splat = getSplat(view.value))
    return *splat == 0 ? std::optional(AdditiveMask()) : std::nullopt;
  Operation *op = view.value.getDefiningOp();
  if (isa_and_nonnull<onnx::WhereOp>(op))
    return readWhere(view.value, view);
  if (auto trilu = dyn_cast_or_null<onnx::TriluOp>(op)) {
    std::optional<double> fill = getSplat(trilu.getInput());
    std::optional<MaskSet> set = readTriangle(view, /*when=*/true);
    return fill && set ? std::optional(AdditiveMask{*set, *fill})
                       : std::nullopt;
  }
  if (isa_and_nonnull<onnx::ConstantOp>(op)) {
    std::optional<MaskSet> set = readTable(view, /*when=*/true);
    std::optional<onnx::ConstantData> data =
        onnx::ConstantData::get(view.value);
    if (!set || !data)
      return std::nullopt;
    double fill = 0;
    for (int64_t i = 0; i < data->getNumElements(); ++i) {
      double element = data->getDouble(i);
      if (element == 0 || element == fill)
        continue;
      if (fill != 0)
        return std::nullopt;
      fill = element;
    }
    return AdditiveMask{*set, fill};
  }
  double scale, shift;
  Value atom = peelAffine(view.value, scale, shift);
  std::optional<View> inner = getOperandView(view, atom);
  if (!inner || !isZeroOrOne(atom, /*trusting=*/true))
    return std::nullopt;
  // scale · 1 + shift and shift are its two values; one of them must be 0.
  if (shift != 0 && scale + shift != 0)
    return std::nullopt;
  std::optional<MaskSet> set = readSet(*inner, /*when=*/shift == 0);
  if (!set)
    return std::nullopt;
  return AdditiveMask{*set, shift == 0 ? scale : shift};
}

std::optional<AdditiveMask> MaskReader::readWhere(Value value,
                                                  const View &view) {
  auto where = value.getDefiningOp<onnx::WhereOp>();
  std::optional<View> condition = getOperandView(view, where.getCondition());
  if (!condition)
    return std::nullopt;
  for (bool fills : {true, false}) {
    Value filled = fills ? where.getX() : where.getY();
    Value other = fills ? where.getY() : where.getX();
    std::optional<double> fill = getSplat(filled);
    if (!fill || *fill == 0)
      continue;
    std::optional<MaskSet> set = readSet(*condition, fills);
    std::optional<View> rest = getOperandView(view, other);
    if (!set || !rest)
      return std::nullopt;
    if (getSplat(other) == std::optional(0.0))
      return AdditiveMask{*set, *fill};
    // Elsewhere another mask of the same depth, or something that is 0 there:
    // exporters fill 1 − mask where 1 − mask is not 0.
    if (std::optional<AdditiveMask> more = readAdditive(*rest);
        more && more->fill == *fill) {
      std::optional<MaskSet> both = unite(*set, more->set);
      return both ? std::optional(AdditiveMask{*both, *fill}) : std::nullopt;
    }
    std::optional<MaskSet> nonZero = readSet(*rest, /*when=*/true);
    if (nonZero && *nonZero == *set)
      return AdditiveMask{*set, *fill};
    return std::nullopt;
  }
  return std::nullopt;
}
