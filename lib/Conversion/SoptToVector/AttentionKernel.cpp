//===- AttentionKernel.cpp - The body of an attention kernel --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "Activations.h"
#include "Kernels.h"
#include "Tile.h"
#include "Transpose.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace sopt;

/// Enough to balance 16 threads; few enough for their scratch to be small.
static constexpr int64_t kMaxAttentionWorkers = 48;
/// About so many keys are in a block: their weights fit the first-level cache.
static constexpr int64_t kBlockKeys = 128;
/// Rows of the tile for the queries that do not fill a whole one.
static constexpr int64_t kSmallTile = 4;

/// A fill at or below this is far from all scores: they don't change it.
static constexpr float kFarFill = -1e30f;

AttentionKernel::AttentionKernel(AttentionOp op, int64_t headSize,
                                 int64_t valueSize)
    : op(op), headSize(headSize), valueSize(valueSize) {
  float fill = op.getFill().convertToFloat();
  fillKind = fill == -kInfinity ? FillKind::Infinite
             : fill <= kFarFill ? FillKind::Far
                                : FillKind::Near;
}

// A query without keys sees all of them alike if fill is far from their scores,
// which a bias may keep it from being.
bool AttentionKernel::canChoose() const {
  AttentionOp op = this->op;
  if (op.getTopKBits() && op.getScale().isNegative())
    return false;
  return fillKind == FillKind::Infinite ||
         (fillKind == FillKind::Far && !op.getBias());
}

std::string AttentionKernel::getName() const {
  AttentionOp op = this->op;
  std::string name =
      llvm::formatv("attention_{0}x{1}", op.getHeads(), headSize);
  llvm::raw_string_ostream os(name);
  if (op.getKvHeads() != op.getHeads())
    os << "_kv" << op.getKvHeads();
  if (valueSize != headSize)
    os << "_v" << valueSize;
  if (!op.isPacked())
    os << "_byhead";
  if (op.getBias())
    os << "_bias";
  if (op.getPadding())
    os << "_padding";
  if (op.getGroup())
    os << "_group";
  if (op.getCausal())
    os << (op.getCausalEnd() ? "_causal_end" : "_causal");
  if (auto window = op.getWindow())
    os << "_window_" << (*window)[0] << "_" << (*window)[1];
  if (auto block = op.getBlock())
    os << "_block" << *block;
  if (auto k = op.getTopK())
    os << "_top" << *k;
  if (auto bits = op.getTopKBits())
    os << "_bits" << *bits;
  if (op.hasMask() && fillKind != FillKind::Infinite)
    os << (fillKind == FillKind::Far ? "_far" : "_near");
  if (op.getEmptyIsZero())
    os << "_zero";
  return name;
}

int64_t AttentionKernel::getPanelWidth(VectorBuilder &b) {
  return b.getIsa().vectors * b.getLanes();
}

int64_t AttentionKernel::getBlockSize(VectorBuilder &b) {
  return kBlockKeys / getPanelWidth(b) * getPanelWidth(b);
}

SmallVector<Value> AttentionKernel::at(VectorBuilder &b, Value batch,
                                       Value head, Value token, int64_t size,
                                       Value feature) {
  if (!op.isPacked())
    return {batch, head, token, feature};
  return {batch, token, b.add(b.mul(head, b.index(size)), feature)};
}

Value AttentionKernel::getKeyHead(VectorBuilder &b, Value head) {
  int64_t groupSize = op.getHeads() / op.getKvHeads();
  if (groupSize == 1)
    return head;
  return arith::DivUIOp::create(b, head, b.index(groupSize));
}

void AttentionKernel::build(VectorBuilder &b, ValueRange arguments) {
  auto next = arguments.begin();
  q = *next++;
  k = *next++;
  v = *next++;
  bias = op.getBias() ? *next++ : Value();
  padding = op.getPadding() ? *next++ : Value();
  group = op.getGroup() ? *next++ : Value();
  scale = *next++;
  fill = b.broadcast(*next++);
  y = *next++;

  allocateScratch(b);
  buildOrder(b);
  if (op.getTopKBits())
    buildRough(b);
  else
    buildPackedKeys(b);
  b.shareOut(numTasks, numWorkers,
             [&](Value worker, Value task) { buildTask(b, worker, task); });
}

void AttentionKernel::allocateScratch(VectorBuilder &b) {
  int64_t width = getPanelWidth(b), rows = b.getIsa().rows;
  int64_t tokens = op.isPacked() ? 1 : 2;
  numBatches = memref::DimOp::create(b, q, 0);
  numQueries = memref::DimOp::create(b, q, tokens);
  numKeys = memref::DimOp::create(b, k, tokens);
  Value heads = b.mul(numBatches, b.index(op.getHeads()));
  numTasks = b.mul(heads, b.ceilDiv(numQueries, rows));
  numWorkers = b.minimum(numTasks, b.index(kMaxAttentionWorkers));

  Value numPanels = b.ceilDiv(numKeys, width);
  Value keyHeads = b.mul(numBatches, b.index(op.getKvHeads()));
  auto size = [&](int64_t size) { return b.getIndexAttr(size); };
  if (op.getTopKBits())
    allocateRough(b);
  else
    packedKeys =
        allocate(b, {keyHeads, numPanels, size(headSize), size(width)});
  allocateOrder(b);
  if (op.getTopK()) {
    Value columns = b.mul(numPanels, b.index(width));
    weights = allocate(b, {numWorkers, size(rows), columns});
    allocateTopK(b);
    return;
  }
  weights = allocate(b, {numWorkers, size(rows), size(getBlockSize(b))});
  sums = allocate(
      b, {numWorkers, size(rows), size(llvm::alignTo(valueSize, width))});
  state = allocate(
      b, {numWorkers, size(rows), size(kNumStates), size(b.getLanes())});
}

void AttentionKernel::buildPackedKeys(VectorBuilder &b) {
  int64_t width = getPanelWidth(b);
  Value numPanels = memref::DimOp::create(b, packedKeys, 1);
  Value kvHeads = b.index(op.getKvHeads());
  b.parallel({numBatches, kvHeads, numPanels}, [&](ValueRange ids) {
    Value batch = ids[0], head = ids[1], panel = ids[2];
    Value row = b.add(b.mul(batch, kvHeads), head);
    b.loop(b.index(0), b.index(width), b.getLanes(), {},
           [&](Value lane, ValueRange) {
             buildPackedSquares(b, batch, head, {row, panel, lane});
             return SmallVector<Value>();
           });
  });
}

void AttentionKernel::buildPackedSquares(VectorBuilder &b, Value batch,
                                         Value head, const PackedPlace &place) {
  int64_t lanes = b.getLanes(), whole = headSize / lanes * lanes;
  Value first =
      b.add(b.mul(place.panel, b.index(getPanelWidth(b))), place.lane);
  Value last = b.sub(numKeys, b.index(1)), factor = b.broadcast(scale);
  SmallVector<Value> sources;
  for (int64_t r = 0; r < lanes; ++r) {
    // Keys past the last one are a copy of it: their scores are dropped.
    Value key = b.minimum(b.add(first, b.index(r)), last);
    sources.push_back(getKey(b, batch, key));
  }
  auto buildSquare = [&](Value feature, int64_t features) {
    Value mask = features < lanes ? b.firstLanes(b.index(features)) : Value();
    SmallVector<Value> rows;
    for (Value source : sources)
      rows.push_back(
          b.load(k, at(b, batch, head, source, headSize, feature), mask));
    auto columns = transposeSquare(b, rows);
    for (int64_t f = 0; f < features; ++f)
      b.store(b.mul(columns[f], factor), packedKeys,
              {place.row, place.panel, b.add(feature, b.index(f)), place.lane});
  };
  b.loop(b.index(0), b.index(whole), lanes, {}, [&](Value feature, ValueRange) {
    buildSquare(feature, lanes);
    return SmallVector<Value>();
  });
  if (whole < headSize)
    buildSquare(b.index(whole), headSize - whole);
}

void AttentionKernel::buildTask(VectorBuilder &b, Value worker, Value index) {
  int64_t rows = b.getIsa().rows;
  Value tiles = b.ceilDiv(numQueries, rows);
  Value heads = b.index(op.getHeads());
  Value head = arith::DivUIOp::create(b, index, tiles);
  Value tile = arith::RemUIOp::create(b, index, tiles);
  if (op.getCausal()) {
    // Later queries see more keys: one of the first, one of the last, so that
    // neighbours make shares of equal work.
    Value half = arith::DivUIOp::create(b, tile, b.index(2));
    Value isEven = b.equal(b.mul(half, b.index(2)), tile);
    Value fromEnd = b.sub(b.sub(tiles, b.index(1)), half);
    tile = b.select(isEven, half, fromEnd);
  }
  Value first = b.mul(tile, b.index(rows));
  Task task;
  task.worker = worker;
  task.batch = arith::DivUIOp::create(b, head, heads);
  task.head = arith::RemUIOp::create(b, head, heads);

  auto setRows = [&](ArrayRef<Value> places) {
    task.places.assign(places.begin(), places.end());
    task.queries.clear();
    for (Value place : places)
      task.queries.push_back(getQuery(b, task.batch, place));
  };
  auto buildPartial = [&] {
    Value last = b.sub(numQueries, b.index(1));
    b.loop(first, numQueries, kSmallTile, {}, [&](Value begin, ValueRange) {
      task.count = b.minimum(b.sub(numQueries, begin), b.index(kSmallTile));
      SmallVector<Value> places;
      for (int64_t r = 0; r < kSmallTile; ++r)
        places.push_back(b.minimum(b.add(begin, b.index(r)), last));
      setRows(places);
      buildTile(b, task);
      return SmallVector<Value>();
    });
  };
  // Rows at constant distances need one register for all their addresses.
  auto buildFull = [&] {
    task.count = b.index(rows);
    SmallVector<Value> places;
    for (int64_t r = 0; r < rows; ++r)
      places.push_back(b.add(first, b.index(r)));
    setRows(places);
    buildTile(b, task);
  };
  Value left = b.sub(numQueries, first);
  b.when(b.less(left, b.index(rows)), buildPartial, buildFull);
}

// Keys that are masked for all queries of the tile weigh nothing, unless a
// query turns out to have no other: then all keys are visited.
void AttentionKernel::buildTile(VectorBuilder &b, const Task &task) {
  if (op.getTopK())
    return buildTopK(b, task);
  Range range = buildRange(b, task);
  if (!op.hasMask() || fillKind != FillKind::Far) {
    buildVisit(b, task, range);
    buildEnd(b, task);
    return;
  }
  auto visit = [&](Value attempt, ValueRange wanted) {
    Value first = b.equal(attempt, b.index(0));
    b.when(wanted[0], [&] {
      buildVisit(b, task,
                 {b.select(first, range.begin, b.index(0)),
                  b.select(first, range.end, numKeys)});
    });
    return SmallVector<Value>{buildMissesKeys(b, task)};
  };
  Value last =
      b.loop(b.index(0), b.index(2), 1, b.constantBool(true), visit)[0];
  keepRolled(last.getDefiningOp());
  buildEnd(b, task);
}

/// Whether some query has seen no score that is far from `fill`.
Value AttentionKernel::buildMissesKeys(VectorBuilder &b, const Task &task) {
  auto least = [&](Value row, ValueRange least) {
    Value greatest =
        b.load(state, {task.worker, row, b.index(kGreatest), b.index(0)});
    return SmallVector<Value>{b.atMost(greatest, least[0])};
  };
  Value worst = b.loop(b.index(0), b.index(task.queries.size()), 1,
                       b.splat(kInfinity), least)[0];
  Value greatest = vector::ExtractOp::create(b, worst, 0);
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, greatest,
                               b.scalar(kFarFill / 2));
}

void AttentionKernel::buildVisit(VectorBuilder &b, const Task &task,
                                 const Range &range) {
  int64_t width = getPanelWidth(b), blockSize = getBlockSize(b);
  buildStart(b, task);
  b.loop(range.begin, range.end, blockSize, {}, [&](Value begin, ValueRange) {
    Range block = {begin,
                   b.minimum(range.end, b.add(begin, b.index(blockSize)))};
    Value keys = b.sub(block.end, begin);
    b.forAll(b.ceilDiv(keys, width),
             [&](Value panel) { buildScores(b, task, block, panel); });
    buildSoftmax(b, task, keys);
    buildSums(b, task, block);
    return SmallVector<Value>();
  });
}

void AttentionKernel::buildStart(VectorBuilder &b, const Task &task) {
  int64_t lanes = b.getLanes();
  Value zero = b.splat(0.0f);
  b.forAll(b.index(task.queries.size()), [&](Value row) {
    b.store(b.splat(-kInfinity), state,
            {task.worker, row, b.index(kGreatest), b.index(0)});
    for (int64_t i : {kTotal, kSeen})
      b.store(zero, state, {task.worker, row, b.index(i), b.index(0)});
    for (int64_t column = 0; column < valueSize; column += lanes)
      b.store(zero, sums, {task.worker, row, b.index(column)});
  });
}

void AttentionKernel::buildScores(VectorBuilder &b, const Task &task,
                                  const Range &block, Value panel) {
  int64_t lanes = b.getLanes(), width = getPanelWidth(b);
  int64_t rows = task.queries.size(), vectors = b.getIsa().vectors;
  Value keyHead = b.add(b.mul(task.batch, b.index(op.getKvHeads())),
                        getKeyHead(b, task.head));
  Value inBlock = b.mul(panel, b.index(width));
  Value first = b.add(block.begin, inBlock);
  Value keyPanel = arith::DivUIOp::create(b, first, b.index(width));
  auto query = [&](int64_t row, Value feature) {
    return b.loadScalar(
        q, at(b, task.batch, task.head, task.queries[row], headSize, feature));
  };
  auto key = [&](Value feature, int64_t vector) {
    return b.load(packedKeys,
                  {keyHead, keyPanel, feature, b.index(vector * lanes)});
  };
  SmallVector<Value> scores(rows * vectors, b.splat(0.0f));
  scores = multiplyTile(b, rows, b.index(headSize), scores, query, key);

  for (int64_t v = 0; v < vectors; ++v) {
    Keys keys = getKeys(b, task, b.add(first, b.index(v * lanes)), block);
    Value column = b.add(inBlock, b.index(v * lanes));
    for (int64_t r = 0; r < rows; ++r)
      storeScore(b, task, r, keys, column, scores[r * vectors + v]);
  }
}

AttentionKernel::Keys AttentionKernel::getKeys(VectorBuilder &b,
                                               const Task &task, Value first,
                                               const Range &range) {
  Keys keys;
  keys.first = first;
  keys.exist = b.firstLanes(b.sub(range.end, first));
  keys.positions = keyOrder
                       ? b.loadInts(keyOrder, {task.batch, first}, keys.exist)
                       : b.positions(first);
  return keys;
}

void AttentionKernel::storeScore(VectorBuilder &b, const Task &task,
                                 int64_t row, const Keys &keys, Value column,
                                 Value score) {
  Value masked = buildMasked(b, task, row, keys, score);
  b.store(b.select(keys.exist, masked, b.splat(-kInfinity)), weights,
          {task.worker, b.index(row), column});
}

// In a loop over rows: unrolled it would be most of the kernel's code.
void AttentionKernel::buildSoftmax(VectorBuilder &b, const Task &task,
                                   Value numKeys) {
  int64_t lanes = b.getLanes();
  Value end = b.mul(b.ceilDiv(numKeys, lanes), b.index(lanes));
  b.forAll(b.index(task.queries.size()), [&](Value row) {
    auto stateAt = [&](StateIndex i) {
      return SmallVector<Value>{task.worker, row, b.index(i), b.index(0)};
    };
    Value before = b.load(state, stateAt(kGreatest));
    auto greater = [&](Value column, ValueRange greatest) {
      Value score = b.load(weights, {task.worker, row, column});
      return SmallVector<Value>{b.atLeast(score, greatest[0])};
    };
    Value lanewise = b.loop(b.index(0), end, lanes, before, greater)[0];
    Value greatest = b.broadcast(b.maximum(lanewise));
    // Nothing but −∞ so far: taken off itself it would give NaN, also for the
    // blocks to come.
    Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, greatest,
                                       b.splat(-kInfinity));
    Value offset = b.select(none, b.splat(0.0f), greatest);

    auto weigh = [&](Value column, ValueRange total) {
      SmallVector<Value> place = {task.worker, row, column};
      Value weight =
          emitExpOfNegative(b, b.sub(b.load(weights, place), offset));
      b.store(weight, weights, place);
      return SmallVector<Value>{b.add(total[0], weight)};
    };
    Value factor = emitExpOfNegative(b, b.sub(before, offset));
    Value total = b.mul(b.load(state, stateAt(kTotal)), factor);
    total = b.loop(b.index(0), end, lanes, total, weigh)[0];
    b.store(greatest, state, stateAt(kGreatest));
    b.store(total, state, stateAt(kTotal));
    for (int64_t column = 0; column < valueSize; column += lanes) {
      SmallVector<Value> place = {task.worker, row, b.index(column)};
      b.store(b.mul(b.load(sums, place), factor), sums, place);
    }
  });
}

void AttentionKernel::buildSums(VectorBuilder &b, const Task &task,
                                const Range &block) {
  int64_t lanes = b.getLanes(), width = getPanelWidth(b);
  int64_t rows = task.queries.size(), vectors = b.getIsa().vectors;
  Value keyHead = getKeyHead(b, task.head);
  Value end = b.index(llvm::alignTo(valueSize, width));
  b.loop(b.index(0), end, width, {}, [&](Value column, ValueRange) {
    auto featureOf = [&](int64_t vector) {
      return b.add(column, b.index(vector * lanes));
    };
    SmallVector<Value> tile, masks;
    for (int64_t i = 0; i < vectors; ++i)
      masks.push_back(
          valueSize % width == 0
              ? Value()
              : b.firstLanes(b.sub(b.index(valueSize), featureOf(i))));
    auto placeOf = [&](int64_t row, int64_t vector) {
      return SmallVector<Value>{task.worker, b.index(row), featureOf(vector)};
    };
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < vectors; ++i)
        tile.push_back(b.load(sums, placeOf(r, i)));
    auto weight = [&](int64_t row, Value key) {
      return b.loadScalar(weights, {task.worker, b.index(row), key});
    };
    auto value = [&](Value key, int64_t vector) {
      Value token = getKey(b, task.batch, b.add(block.begin, key));
      return b.load(
          v, at(b, task.batch, keyHead, token, valueSize, featureOf(vector)),
          masks[vector]);
    };
    tile = multiplyTile(b, rows, b.sub(block.end, block.begin), tile, weight,
                        value);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < vectors; ++i)
        b.store(tile[r * vectors + i], sums, placeOf(r, i));
    return SmallVector<Value>();
  });
}

void AttentionKernel::buildEnd(VectorBuilder &b, const Task &task) {
  int64_t lanes = b.getLanes();
  b.forAll(task.count, [&](Value row) {
    auto stateOf = [&](StateIndex i) {
      return b.load(state, {task.worker, row, b.index(i), b.index(0)});
    };
    Value factor = b.div(b.scalar(1.0f), b.sum(stateOf(kTotal)));
    // No key at all, or none that is not masked: 0 · ∞ would be NaN.
    Value empty = b.equal(numKeys, b.index(0));
    if (op.getEmptyIsZero()) {
      Value unseen =
          arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ,
                                b.maximum(stateOf(kSeen)), b.scalar(0.0f));
      empty = arith::OrIOp::create(b, empty, unseen);
    }
    factor = b.broadcast(factor);
    Value query = getQuery(b, task.batch, b.add(task.places.front(), row));
    for (int64_t column = 0; column < valueSize; column += lanes) {
      int64_t left = valueSize - column;
      Value mask = left < lanes ? b.firstLanes(b.index(left)) : Value();
      Value result =
          b.mul(b.load(sums, {task.worker, row, b.index(column)}), factor);
      result = b.select(empty, b.splat(0.0f), result);
      b.store(result, y,
              at(b, task.batch, task.head, query, valueSize, b.index(column)),
              mask);
    }
  });
}
