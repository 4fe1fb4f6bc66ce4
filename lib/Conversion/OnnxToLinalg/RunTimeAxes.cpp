//===- RunTimeAxes.cpp - Axes that only a run tells -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunTimeAxes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

SmallVector<Value> sopt::findAxes(Emitter &e, Value axes, int64_t rank) {
  if (getRank(axes) == 0)
    axes = e.reshape(axes, {e.index(1)});
  e.checkIndices(axes, /*isUnsigned=*/false, e.index(rank));
  SmallVector<Value> found;
  for (int64_t dim = 0; dim < rank; ++dim) {
    Value isNamed = e.reduce(
        axes, {0}, /*keepDims=*/false,
        {e.constantInt(getElementType(axes), 0), [&](Value axis, Value acc) {
           Value here = e.wrapNegative(e.toIndex(axis), e.index(rank));
           Value isHere = e.equal(here, e.index(dim));
           return e.select(isHere, e.constantInt(acc.getType(), 1), acc);
         }});
    Value flag = e.element(isNamed, {});
    found.push_back(e.convert(flag, e.getI1Type(), false, false));
  }
  return found;
}

SmallVector<Value> sopt::dropSizes(Emitter &e, ArrayRef<Value> sizes,
                                   ArrayRef<Value> dropped, int64_t rank) {
  SmallVector<Value> kept(rank, e.index(0));
  Value place = e.index(0);
  for (auto [size, isDropped] : llvm::zip_equal(sizes, dropped)) {
    for (auto [i, result] : llvm::enumerate(kept)) {
      Value isHere = e.both(e.negate(isDropped), e.equal(place, e.index(i)));
      result = e.select(isHere, size, result);
    }
    place = e.add(place, e.select(isDropped, e.index(0), e.index(1)));
  }
  return kept;
}

SmallVector<Value> sopt::insertOnes(Emitter &e, ArrayRef<Value> sizes,
                                    ArrayRef<Value> isNew) {
  SmallVector<Value> result;
  Value next = e.index(0);
  for (Value flag : isNew) {
    Value size = e.index(0);
    for (auto [i, own] : llvm::enumerate(sizes))
      size = e.select(e.equal(next, e.index(i)), own, size);
    result.push_back(e.select(flag, e.index(1), size));
    next = e.add(next, e.select(flag, e.index(0), e.index(1)));
  }
  return result;
}

Value sopt::reduceAtRunTime(Emitter &e, Value tensor, ArrayRef<Value> reduced,
                            Emitter::Reduction reduction) {
  SmallVector<Value> sizes = e.sizes(tensor), resultSizes;
  for (auto [size, isReduced] : llvm::zip_equal(sizes, reduced))
    resultSizes.push_back(e.select(isReduced, e.index(1), size));
  tensor = e.refine(tensor);
  Value init = e.full(resultSizes, reduction.init);
  SmallVector<Value> zeros(sizes.size(), e.index(0));
  SmallVector<Value> ones(sizes.size(), e.index(1));
  scf::LoopNest nest = scf::buildLoopNest(
      e, e.getLoc(), zeros, sizes, ones, ValueRange{init},
      [&](OpBuilder &, Location, ValueRange loops, ValueRange carried) {
        SmallVector<Value> place;
        for (auto [loop, isReduced] : llvm::zip_equal(loops, reduced))
          place.push_back(e.select(isReduced, e.index(0), loop));
        Value next = reduction.body(e.element(tensor, loops),
                                    e.element(carried[0], place));
        return scf::ValueVector{
            tensor::InsertOp::create(e, next, carried[0], place)};
      });
  return e.withSizes(nest.results.empty() ? init : nest.results[0],
                     resultSizes);
}
