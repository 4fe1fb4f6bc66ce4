//===- SliceStack.cpp - A tensor that loops add slices to -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SliceStack.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sopt;

bool sopt::hasStaticSlices(RankedTensorType stack) {
  return !ShapedType::isDynamicShape(stack.getShape().drop_front());
}

RankedTensorType sopt::getStackType(RankedTensorType type) {
  SmallVector<int64_t> shape = {ShapedType::kDynamic};
  llvm::append_range(shape, type.getShape());
  return RankedTensorType::get(shape, type.getElementType());
}

Value sopt::makeStack(Emitter &e, RankedTensorType type,
                      RankedTensorType declared, Value count, bool isCounted) {
  bool isWhole = isCounted && hasStaticSlices(type);
  SmallVector<Value> sizes = {isWhole ? count : e.index(0)};
  for (int64_t dim = 1, rank = type.getRank(); dim < rank; ++dim) {
    int64_t size = type.getDimSize(dim);
    if (ShapedType::isDynamic(size) && declared.getRank() == rank)
      size = declared.getDimSize(dim);
    sizes.push_back(e.index(ShapedType::isDynamic(size) ? 0 : size));
  }
  Value stack = e.empty(sizes, type.getElementType());
  return stack.getType() == type ? stack
                                 : tensor::CastOp::create(e, type, stack);
}

/// Whether a tensor of `sizes` is known to be empty. Upstream's operations on
/// slices do not take parts of such tensors.
static bool hasNoElements(ArrayRef<Value> sizes) {
  return llvm::any_of(sizes,
                      [](Value size) { return getConstantSize(size) == 0; });
}

/// `stack`, which holds `count` slices, with place for another of `sizes`.
static Value makeRoom(Emitter &e, Value stack, Value count,
                      ArrayRef<Value> sizes) {
  RankedTensorType type = getTensorType(stack);
  Value capacity = e.size(stack, 0);
  auto branch = scf::IfOp::create(e, type, e.less(count, capacity),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(e, stack);
  e.setInsertionPointToStart(branch.elseBlock());
  constexpr int64_t kFirstCapacity = 8;
  SmallVector<Value> larger = {
      e.max(e.mul(capacity, e.index(2)), e.index(kFirstCapacity))};
  llvm::append_range(larger, sizes);
  Value grown = e.empty(larger, type.getElementType());
  // Where it holds nothing yet, no more is copied.
  if (!hasNoElements(sizes)) {
    SmallVector<Value> held = e.sizes(stack);
    held.front() = count;
    SmallVector<Value> offsets(held.size(), e.index(0));
    SmallVector<OpFoldResult> steps(held.size(), e.getIndexAttr(1));
    grown = tensor::InsertSliceOp::create(e, e.slice(stack, offsets, held),
                                          grown, getAsOpFoldResult(offsets),
                                          getAsOpFoldResult(held), steps);
  }
  if (grown.getType() != type)
    grown = tensor::CastOp::create(e, type, grown);
  scf::YieldOp::create(e, grown);
  return branch.getResult(0);
}

Value sopt::pushSlice(Emitter &e, Value slice, Value stack, Value count,
                      bool isWhole) {
  RankedTensorType type = getTensorType(stack);
  SmallVector<Value> sizes = e.sizes(slice);
  if (!isWhole) {
    // All slices are like the first.
    Value isFirst = e.equal(count, e.index(0));
    for (auto [dim, size] : llvm::enumerate(sizes))
      if (type.isDynamicDim(dim + 1))
        size = e.select(isFirst, size, e.size(stack, dim + 1));
    slice = e.fit(slice, sizes);
    stack = makeRoom(e, stack, count, sizes);
  }
  if (hasNoElements(sizes))
    return stack;
  SmallVector<OpFoldResult> offsets(type.getRank(), e.getIndexAttr(0));
  SmallVector<OpFoldResult> taken(type.getRank(), e.getIndexAttr(1));
  SmallVector<OpFoldResult> steps(type.getRank(), e.getIndexAttr(1));
  offsets.front() = count;
  for (auto [place, size] :
       llvm::zip_equal(MutableArrayRef(taken).drop_front(), sizes))
    place = getAsOpFoldResult(size);
  return tensor::InsertSliceOp::create(e, e.refine(slice), stack, offsets,
                                       taken, steps);
}
