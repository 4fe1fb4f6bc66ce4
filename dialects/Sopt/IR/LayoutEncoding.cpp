//===- LayoutEncoding.cpp - Layouts in upstream's words -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/LayoutEncoding.h"

using namespace mlir;
using namespace sopt;

using sparse_tensor::buildLevelType;
using sparse_tensor::LevelFormat;
using sparse_tensor::LevelPropNonDefault;
using sparse_tensor::LevelType;
using sparse_tensor::SparseTensorEncodingAttr;

SparseTensorEncodingAttr sopt::toEncoding(LayoutAttr layout) {
  MLIRContext *context = layout.getContext();
  AffineExpr i = getAffineDimExpr(0, context), j = getAffineDimExpr(1, context);
  ArrayRef<int64_t> sizes = layout.getSizes();
  LevelType dense(LevelFormat::Dense), compressed(LevelFormat::Compressed);

  SmallVector<LevelType> levels;
  SmallVector<AffineExpr> coordinates = {i, j};
  switch (layout.getKind()) {
  case LayoutKind::Dense:
    levels = {dense, dense};
    break;
  case LayoutKind::Csr:
    levels = {dense, compressed};
    break;
  case LayoutKind::Coo:
    levels = {*buildLevelType(LevelFormat::Compressed,
                              {LevelPropNonDefault::Nonunique}),
              LevelType(LevelFormat::Singleton)};
    break;
  case LayoutKind::Block:
    levels = {dense, compressed, dense, dense};
    coordinates = {i.floorDiv(sizes[0]), j.floorDiv(sizes[1]), i % sizes[0],
                   j % sizes[1]};
    break;
  case LayoutKind::NM:
    levels = {dense, dense,
              *buildLevelType(LevelFormat::NOutOfM,
                              std::vector<LevelPropNonDefault>(), sizes[0],
                              sizes[1])};
    coordinates = {i.floorDiv(sizes[1]), j, i % sizes[1]};
    break;
  }
  return SparseTensorEncodingAttr::get(
      context, levels, AffineMap::get(2, 0, coordinates, context),
      /*lvlToDim=*/{}, layout.getPointerWidth(), layout.getIndexWidth());
}

/// The kind and sizes that `encoding`'s levels hint at.
static std::pair<LayoutKind, SmallVector<int64_t>>
guessLayout(SparseTensorEncodingAttr encoding) {
  ArrayRef<LevelType> levels = encoding.getLvlTypes();
  auto divisor = [&](unsigned level) -> int64_t {
    auto expr =
        dyn_cast<AffineBinaryOpExpr>(encoding.getDimToLvl().getResult(level));
    auto size = expr ? dyn_cast<AffineConstantExpr>(expr.getRHS())
                     : AffineConstantExpr();
    return size ? size.getValue() : 0;
  };
  if (levels.size() == 4)
    return {LayoutKind::Block, {divisor(2), divisor(3)}};
  if (levels.size() == 3 && levels[2].isa<LevelFormat::NOutOfM>())
    return {LayoutKind::NM,
            {int64_t(levels[2].getN()), int64_t(levels[2].getM())}};
  if (encoding.isAllDense())
    return {LayoutKind::Dense, {}};
  if (levels.front().isa<LevelFormat::Dense>())
    return {LayoutKind::Csr, {}};
  return {LayoutKind::Coo, {}};
}

LayoutAttr sopt::fromEncoding(SparseTensorEncodingAttr encoding) {
  auto [kind, sizes] = guessLayout(encoding);
  bool hasIndices = kind != LayoutKind::Dense;
  bool hasPointers = kind == LayoutKind::Csr || kind == LayoutKind::Block;
  auto width = [](unsigned bits, bool used) {
    return used && bits == 0 ? 64 : bits;
  };
  SparseTensorEncodingAttr explicitWidths =
      encoding.withBitWidths(width(encoding.getPosWidth(), hasPointers),
                             width(encoding.getCrdWidth(), hasIndices));

  // A guess is right if and only if it leads back to where it came from.
  auto silent = [] { return InFlightDiagnostic(); };
  auto layout = LayoutAttr::getChecked(
      function_ref<InFlightDiagnostic()>(silent), encoding.getContext(), kind,
      ArrayRef<int64_t>(sizes), explicitWidths.getCrdWidth(),
      explicitWidths.getPosWidth());
  if (!layout || toEncoding(layout) != explicitWidths)
    return {};
  return layout;
}
