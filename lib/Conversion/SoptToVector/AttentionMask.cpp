//===- AttentionMask.cpp - The masks of an attention kernel ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;
using namespace sopt;

using arith::CmpIPredicate;

Value AttentionKernel::buildMasked(VectorBuilder &b, const Task &task,
                                   int64_t row, const Keys &keys, Value score) {
  Value query = task.queries[row];
  if (bias)
    score = b.add(score, buildBias(b, task, query, keys));
  Value masked = buildMask(b, task, row, keys);
  // What is masked is no choice, and weighs nothing beside one.
  if (op.getTopK())
    return masked ? b.select(masked, b.splat(-kInfinity), score) : score;
  if (op.getEmptyIsZero())
    buildSeen(b, task, row, keys, masked);
  return masked ? b.select(masked, b.add(score, fill), score) : score;
}

void AttentionKernel::buildSeen(VectorBuilder &b, const Task &task, int64_t row,
                                const Keys &keys, Value masked) {
  SmallVector<Value> place = {task.worker, b.index(row), b.index(kSeen),
                              b.index(0)};
  Value unseen = b.load(state, place);
  Value seen = b.select(keys.exist, b.splat(1.0f), unseen);
  b.store(masked ? b.select(masked, unseen, seen) : seen, state, place);
}

// Dimensions of size 1 are broadcast; whether one of unknown size is 1 can only
// be asked at run time.
Value AttentionKernel::buildBias(VectorBuilder &b, const Task &task,
                                 Value query, const Keys &keys) {
  auto type = cast<MemRefType>(bias.getType());
  int64_t rank = type.getRank();
  SmallVector<Value> all = {task.batch, task.head, query, keys.first};
  SmallVector<Value> indices;
  auto isOne = [&](int64_t dim) {
    return b.equal(memref::DimOp::create(b, bias, dim), b.index(1));
  };
  for (int64_t dim = 0; dim < rank; ++dim) {
    Value index = all[4 - rank + dim];
    if (type.getDimSize(dim) == 1)
      index = b.index(0);
    else if (type.isDynamicDim(dim))
      index = b.select(isOne(dim), b.index(0), index);
    indices.push_back(index);
  }
  auto loadOne = [&] { return b.broadcast(b.loadScalar(bias, indices)); };
  auto loadAll = [&] {
    if (!keyOrder)
      return b.load(bias, indices, keys.exist);
    indices.back() = b.index(0);
    return b.gather(bias, indices, keys.positions, keys.exist);
  };
  if (rank == 0 || type.getShape().back() == 1)
    return loadOne();
  if (!type.isDynamicDim(rank - 1))
    return loadAll();
  return b.choose(isOne(rank - 1), loadOne, loadAll);
}

Value AttentionKernel::buildMask(VectorBuilder &b, const Task &task,
                                 int64_t row, const Keys &keys) {
  Value masked, query = task.queries[row];
  auto maskIf = [&](Value condition) {
    masked = masked ? arith::OrIOp::create(b, masked, condition) : condition;
  };
  // Masks the keys whose position compares so with `limit`, an index.
  auto maskPositions = [&](CmpIPredicate predicate, Value limit) {
    maskIf(arith::CmpIOp::create(b, predicate, keys.positions,
                                 b.splatPosition(limit)));
  };

  if (padding)
    maskIf(arith::CmpIOp::create(b, CmpIPredicate::sge, b.positions(keys.first),
                                 b.splatPosition(getNumReal(b, task.batch))));
  if (group) {
    Value queryGroup = b.broadcastInt(getQueryGroup(b, task, row));
    Value keyGroup =
        b.loadInts(keyGroups, {task.batch, keys.first}, keys.exist);
    maskIf(arith::CmpIOp::create(b, CmpIPredicate::ne, keyGroup, queryGroup));
  }
  if (op.getCausal()) {
    Value last = query;
    if (op.getCausalEnd())
      last = b.add(query, b.sub(numKeys, numQueries));
    maskPositions(CmpIPredicate::sgt, last);
  }
  if (std::optional<ArrayRef<int64_t>> window = op.getWindow()) {
    if (int64_t left = (*window)[0]; left >= 0)
      maskPositions(CmpIPredicate::slt, b.sub(query, b.index(left)));
    if (int64_t right = (*window)[1]; right >= 0)
      maskPositions(CmpIPredicate::sgt, b.add(query, b.index(right)));
  }
  if (std::optional<int64_t> block = op.getBlock()) {
    Value size = b.index(*block);
    Value begin = b.mul(arith::DivUIOp::create(b, query, size), size);
    maskPositions(CmpIPredicate::slt, begin);
    maskPositions(CmpIPredicate::sge, b.add(begin, size));
  }
  return masked;
}
