//===- AttentionTopK.cpp - Attention to the keys of greatest score --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of the scores of one query, kept as a row, the k greatest are found without
// sorting: the row is dealt out to some more than k slots, and the k-th
// greatest of the slots' maxima is a bound that k scores reach. Hardly more
// than those do, and among them the choice is exact. So what is done for every
// score is a maximum and a comparison.
//
//===----------------------------------------------------------------------===//

#include "Activations.h"
#include "AttentionKernel.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace sopt;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

/// Turns the bits of floats to integers of the same order, and back.
static Value flipNegative(VectorBuilder &b, Value bits) {
  Value sign = arith::ShRSIOp::create(b, bits, b.splatInt(31));
  Value flip = arith::AndIOp::create(
      b, sign, b.splatInt(std::numeric_limits<int32_t>::max()));
  return arith::XOrIOp::create(b, bits, flip);
}

/// The lanes of a mask that are set, as the bits of an integer.
static Value toBits(VectorBuilder &b, Value mask) {
  Type bits = b.getIntegerType(b.getLanes());
  Value packed = vector::BitCastOp::create(b, VectorType::get(1, bits), mask);
  return arith::ExtUIOp::create(
      b, b.getI32Type(), vector::ExtractOp::create(b, packed, 0).getResult());
}

static Value countBits(VectorBuilder &b, Value bits) {
  return arith::IndexCastOp::create(b, b.getIndexType(),
                                    math::CtPopOp::create(b, bits));
}

/// Calls `body` with the number and the position of each of the first `count`
/// bits that are set. A vector instruction that moves lanes together exists,
/// but its store is slow where it is not emulated.
static void forBits(VectorBuilder &b, Value bits, Value count,
                    function_ref<void(Value, Value)> body) {
  b.loop(b.index(0), count, 1, bits, [&](Value i, ValueRange left) {
    Value position = math::CountTrailingZerosOp::create(b, left[0]);
    body(i, arith::IndexCastOp::create(b, b.getIndexType(), position));
    Value one = arith::ConstantOp::create(b, b.getI32IntegerAttr(1));
    Value below = arith::SubIOp::create(b, left[0], one);
    return SmallVector<Value>{arith::AndIOp::create(b, left[0], below)};
  });
}

/// Bits of a rank as a signed integer; the lowest of so many bits is no
/// score's.
int64_t AttentionKernel::getRankBits() const {
  AttentionOp op = this->op;
  std::optional<int64_t> bits = op.getTopKBits();
  if (!bits)
    return 32;
  int64_t level = std::max<int64_t>((int64_t(1) << (*bits - 1)) - 1, 1);
  return llvm::Log2_64_Ceil(level * level * headSize + 2) + 1;
}

int32_t AttentionKernel::getLowestRank() const {
  return -(int64_t(1) << (getRankBits() - 1));
}

/// The rank of a score: an integer, greater for a greater score. Scores of few
/// bits are integers already, but for the −∞ of masked keys.
Value AttentionKernel::toRank(VectorBuilder &b, Value score) {
  if (op.getTopKBits())
    return arith::FPToSIOp::create(
        b, b.getIntVectorType(),
        b.atLeast(score, b.splat(float(getLowestRank() + 1))));
  // −0 + 0 is 0, and equal scores must have equal ranks.
  Value normal = arith::AddFOp::create(b, score, b.splat(0.0f));
  return flipNegative(
      b, arith::BitcastOp::create(b, b.getIntVectorType(), normal));
}

Value AttentionKernel::toScore(VectorBuilder &b, Value rank) {
  if (op.getTopKBits())
    return arith::SIToFPOp::create(b, b.getVectorType(), rank);
  return arith::BitcastOp::create(b, b.getVectorType(), flipNegative(b, rank));
}

int64_t AttentionKernel::getNumSlots(VectorBuilder &b) {
  // A power of two, so that finding a slot takes no division.
  return llvm::PowerOf2Ceil(
      llvm::divideCeil(2 * int64_t(*op.getTopK()), b.getLanes()));
}

void AttentionKernel::allocateTopK(VectorBuilder &b) {
  int64_t lanes = b.getLanes(), k = *op.getTopK();
  Value columns = b.add(numKeys, b.index(2 * getPanelWidth(b)));
  OpFoldResult slots = b.getIndexAttr(getNumSlots(b) * lanes);
  OpFoldResult most = b.getIndexAttr(llvm::alignTo(k, lanes) + 2 * lanes);
  Type i32 = b.getI32Type();
  slotMaxima = allocate(b, {numWorkers, slots});
  slotRanks = allocate(b, {numWorkers, slots}, i32);
  ranks = allocate(b, {numWorkers, columns}, i32);
  rankPlaces = allocate(b, {numWorkers, columns}, i32);
  lineRanks = allocate(b, {numWorkers, b.getIndexAttr(lanes)}, i32);
  chosenRanks = allocate(b, {numWorkers, most}, i32);
  chosenPlaces = allocate(b, {numWorkers, most}, i32);
  chosenWeights = allocate(b, {numWorkers, most});
}

void AttentionKernel::buildTopK(VectorBuilder &b, const Task &task) {
  Range range = buildRange(b, task);
  Value keys = b.sub(range.end, range.begin);
  b.forAll(b.ceilDiv(keys, getPanelWidth(b)), [&](Value panel) {
    if (op.getTopKBits())
      buildRoughScores(b, task, range, panel);
    else
      buildScores(b, task, range, panel);
  });
  b.forAll(task.count, [&](Value row) {
    Value bound = buildBound(b, task, row, keys);
    Value count = buildCandidates(b, task, row, range, bound);
    buildChosenSum(b, task, row, buildChoice(b, task, count));
  });
}

/// The k-th greatest of the ranks in `numVectors` vectors of one worker's row
/// of `memory`, as a scalar, or the lowest if there are less than k.
Value AttentionKernel::buildKthRank(VectorBuilder &b, Value memory,
                                    Value worker, Value numVectors) {
  int64_t lanes = b.getLanes();
  Type i32 = b.getI32Type();
  auto constant = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(value));
  };
  // Bit by bit, the greatest number that k ranks reach.
  auto decideBit = [&](Value step, ValueRange known) {
    Value shift = arith::IndexCastOp::create(
        b, i32, b.sub(b.index(getRankBits() - 1), step));
    Value bit = arith::ShLIOp::create(b, constant(1), shift);
    Value candidate = arith::AddIOp::create(b, known[0], bit);
    Value wanted = b.broadcastInt(candidate);
    auto count = [&](Value i, ValueRange sum) {
      Value rank = b.loadInts(memory, {worker, b.mul(i, b.index(lanes))});
      Value reaches =
          arith::CmpIOp::create(b, CmpIPredicate::sge, rank, wanted);
      Value ones = arith::ExtUIOp::create(b, b.getIntVectorType(), reaches);
      return SmallVector<Value>{arith::AddIOp::create(b, sum[0], ones)};
    };
    Value counts = b.loop(b.index(0), numVectors, 1, b.splatInt(0), count)[0];
    Value total =
        vector::ReductionOp::create(b, vector::CombiningKind::ADD, counts);
    Value enough = arith::CmpIOp::create(b, CmpIPredicate::sge, total,
                                         constant(int32_t(*op.getTopK())));
    return SmallVector<Value>{b.select(enough, candidate, known[0])};
  };
  return b.loop(b.index(0), b.index(getRankBits()), 1,
                constant(getLowestRank()), decideBit)[0];
}

/// A score, in all lanes, that at least k scores of the row reach, if there are
/// so many.
Value AttentionKernel::buildBound(VectorBuilder &b, const Task &task, Value row,
                                  Value keys) {
  int64_t lanes = b.getLanes();
  Value slots = b.index(getNumSlots(b));
  auto placeOf = [&](Value i) {
    return SmallVector<Value>{task.worker, b.mul(i, b.index(lanes))};
  };
  b.forAll(slots, [&](Value slot) {
    b.store(b.splat(-kInfinity), slotMaxima, placeOf(slot));
  });
  b.forAll(b.ceilDiv(keys, lanes), [&](Value i) {
    SmallVector<Value> slot = placeOf(arith::RemUIOp::create(b, i, slots));
    Value score = b.load(weights, {task.worker, row, b.mul(i, b.index(lanes))});
    b.store(b.atLeast(score, b.load(slotMaxima, slot)), slotMaxima, slot);
  });
  b.forAll(slots, [&](Value slot) {
    Value greatest = b.load(slotMaxima, placeOf(slot));
    b.store(toRank(b, greatest), slotRanks, placeOf(slot));
  });
  Value rank = buildKthRank(b, slotRanks, task.worker, slots);
  return toScore(b, b.broadcastInt(rank));
}

/// Writes ranks and places of all scores that reach `bound`, but for those that
/// cannot be chosen since they equal it, and returns how many there are.
Value AttentionKernel::buildCandidates(VectorBuilder &b, const Task &task,
                                       Value row, const Range &range,
                                       Value bound) {
  int64_t lanes = b.getLanes();
  Value keys = b.sub(range.end, range.begin);
  auto collect = [&](Value i, ValueRange count) {
    Value column = b.mul(i, b.index(lanes));
    Value score = b.load(weights, {task.worker, row, column});
    // Where k scores reach the bound, a later one has to exceed it.
    Value reaches =
        b.select(b.less(count[0], b.index(*op.getTopK())),
                 arith::CmpFOp::create(b, CmpFPredicate::OGE, score, bound),
                 arith::CmpFOp::create(b, CmpFPredicate::OGT, score, bound));
    // Masked keys have −∞, and are no choice even where keys are few.
    Value real = arith::CmpFOp::create(b, CmpFPredicate::OGT, score,
                                       b.splat(-kInfinity));
    Value bits = toBits(b, arith::AndIOp::create(b, reaches, real));
    Value found = countBits(b, bits);
    b.when(b.less(b.index(0), found), [&] {
      b.store(toRank(b, score), lineRanks, {task.worker, b.index(0)});
      forBits(b, bits, found, [&](Value i, Value lane) {
        SmallVector<Value> place = {task.worker, b.add(count[0], i)};
        memref::StoreOp::create(b, b.loadScalar(lineRanks, {task.worker, lane}),
                                ranks, place);
        Value key = b.add(b.add(range.begin, column), lane);
        memref::StoreOp::create(
            b, arith::IndexCastOp::create(b, b.getI32Type(), key), rankPlaces,
            place);
      });
    });
    return SmallVector<Value>{b.add(count[0], found)};
  };
  return b.loop(b.index(0), b.ceilDiv(keys, lanes), 1, b.index(0), collect)[0];
}

/// Of `count` candidates, writes the k of greatest rank, of equal ones the
/// earlier, and returns how many that are.
Value AttentionKernel::buildChoice(VectorBuilder &b, const Task &task,
                                   Value count) {
  int64_t lanes = b.getLanes();
  Value numVectors = b.ceilDiv(count, lanes);
  b.store(b.splatInt(getLowestRank()), ranks, {task.worker, count});
  Value limit = b.broadcastInt(buildKthRank(b, ranks, task.worker, numVectors));
  // First all above the limit, then as many on it as there is room for.
  auto append = [&](CmpIPredicate predicate, Value chosen) {
    auto collect = [&](Value i, ValueRange chosen) {
      Value column = b.mul(i, b.index(lanes));
      Value rank = b.loadInts(ranks, {task.worker, column});
      Value keep = arith::AndIOp::create(
          b, arith::CmpIOp::create(b, predicate, rank, limit),
          b.firstLanes(b.sub(count, column)));
      Value bits = toBits(b, keep);
      Value room = b.sub(b.index(*op.getTopK()), chosen[0]);
      Value found = b.minimum(countBits(b, bits), room);
      forBits(b, bits, found, [&](Value i, Value lane) {
        Value from = b.add(column, lane), to = b.add(chosen[0], i);
        for (auto [source, target] : {std::pair(ranks, chosenRanks),
                                      std::pair(rankPlaces, chosenPlaces)})
          memref::StoreOp::create(b, b.loadScalar(source, {task.worker, from}),
                                  target, ValueRange{task.worker, to});
      });
      return SmallVector<Value>{b.add(chosen[0], found)};
    };
    return b.loop(b.index(0), numVectors, 1, chosen, collect)[0];
  };
  Value above = append(CmpIPredicate::sgt, b.index(0));
  return append(CmpIPredicate::eq, above);
}

Value AttentionKernel::getChosenKey(VectorBuilder &b, const Task &task,
                                    Value i) {
  Value place = b.loadScalar(chosenPlaces, {task.worker, i});
  return getKey(b, task.batch,
                arith::IndexCastOp::create(b, b.getIndexType(), place));
}

/// Attends with one query to `count` chosen keys.
void AttentionKernel::buildChosenSum(VectorBuilder &b, const Task &task,
                                     Value row, Value count) {
  int64_t lanes = b.getLanes();
  Value numVectors = b.ceilDiv(count, lanes);
  Value query = getQuery(b, task.batch, b.add(task.places.front(), row));
  if (op.getTopKBits())
    buildExactScores(b, task, query, count);
  auto scoreAt = [&](Value i) {
    Value column = b.mul(i, b.index(lanes));
    SmallVector<Value> place = {task.worker, column};
    Value score = op.getTopKBits() ? b.load(chosenWeights, place)
                                   : toScore(b, b.loadInts(chosenRanks, place));
    return b.select(b.firstLanes(b.sub(count, column)), score,
                    b.splat(-kInfinity));
  };
  auto greater = [&](Value i, ValueRange greatest) {
    return SmallVector<Value>{b.atLeast(scoreAt(i), greatest[0])};
  };
  Value lanewise =
      b.loop(b.index(0), numVectors, 1, b.splat(-kInfinity), greater)[0];
  Value greatest = b.broadcast(b.maximum(lanewise));
  auto weigh = [&](Value i, ValueRange total) {
    Value weight = emitExp(b, b.sub(scoreAt(i), greatest));
    b.store(weight, chosenWeights, {task.worker, b.mul(i, b.index(lanes))});
    return SmallVector<Value>{b.add(total[0], weight)};
  };
  Value total =
      b.sum(b.loop(b.index(0), numVectors, 1, b.splat(0.0f), weigh)[0]);

  Value keyHead = getKeyHead(b, task.head);
  auto maskOf = [&](int64_t column) {
    int64_t left = valueSize - column;
    return left < lanes ? b.firstLanes(b.index(left)) : Value();
  };
  auto addValue = [&](Value key, Value weight, ValueRange sums) {
    SmallVector<Value> next;
    for (auto [i, sum] : llvm::enumerate(sums))
      next.push_back(b.fma(
          weight,
          b.load(v,
                 at(b, task.batch, keyHead, key, valueSize, b.index(i * lanes)),
                 maskOf(i * lanes)),
          sum));
    return next;
  };
  SmallVector<Value> sums(llvm::divideCeil(valueSize, lanes), b.splat(0.0f));
  sums = b.loop(b.index(0), count, 1, sums, [&](Value i, ValueRange sums) {
    Value key = getChosenKey(b, task, i);
    Value weight = b.broadcast(b.loadScalar(chosenWeights, {task.worker, i}));
    return addValue(key, weight, sums);
  });
  Value none = b.equal(count, b.index(0));
  if (fillKind == FillKind::Far && !op.getEmptyIsZero()) {
    // With nothing to choose from, all keys weigh the same.
    Value all = b.select(none, numKeys, b.index(0));
    sums = b.loop(b.index(0), all, 1, sums, [&](Value key, ValueRange sums) {
      return addValue(key, b.splat(1.0f), sums);
    });
    Value numAll = arith::SIToFPOp::create(
        b, b.getF32Type(),
        arith::IndexCastOp::create(b, b.getI32Type(), numKeys));
    total = b.select(none, numAll, total);
  }
  Value zero = b.equal(numKeys, b.index(0));
  if (op.getEmptyIsZero())
    zero = none;
  Value factor = b.broadcast(b.div(b.scalar(1.0f), total));
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Value result = b.select(zero, b.splat(0.0f), b.mul(sum, factor));
    b.store(result, y,
            at(b, task.batch, task.head, query, valueSize, b.index(i * lanes)),
            maskOf(i * lanes));
  }
}
