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
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace sopt;

/// Enough to balance 16 threads; few enough for their scratch to be small.
static constexpr int64_t kMaxWorkers = 48;
/// About so many keys are in a block: their weights fit the first-level cache.
static constexpr int64_t kBlockKeys = 128;
/// Rows of the tile for the queries that do not fill a whole one.
static constexpr int64_t kSmallTile = 4;

static constexpr float kInfinity = std::numeric_limits<float>::infinity();

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
  buildPackedKeys(b);
  if (padding)
    buildPaddingFlags(b);
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
  numWorkers = b.minimum(numTasks, b.index(kMaxWorkers));

  Value numPanels = b.ceilDiv(numKeys, width);
  Value keyHeads = b.mul(numBatches, b.index(op.getKvHeads()));
  auto size = [&](int64_t size) { return b.getIndexAttr(size); };
  packedKeys = allocate(b, {keyHeads, numPanels, size(headSize), size(width)});
  if (padding)
    paddingFlags = allocate(b, {numBatches, b.mul(numPanels, b.index(width))});
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
    Value first = b.mul(panel, b.index(width));
    b.forAll(b.index(width), [&](Value lane) {
      Value key = b.add(first, lane);
      Value exists = b.less(key, numKeys);
      // Keys past the last one are a copy of it: their scores are dropped.
      Value last = b.sub(numKeys, b.index(1));
      Value source = b.select(exists, key, last);
      b.forAll(b.index(headSize), [&](Value feature) {
        Value element =
            b.loadScalar(k, at(b, batch, head, source, headSize, feature));
        memref::StoreOp::create(b, b.mul(element, scale), packedKeys,
                                ValueRange{row, panel, feature, lane});
      });
    });
  });
}

void AttentionKernel::buildPaddingFlags(VectorBuilder &b) {
  auto type = cast<MemRefType>(padding.getType());
  b.forAll(numBatches, [&](Value batch) {
    Value length;
    if (type.getRank() == 1)
      length = arith::IndexCastOp::create(b, b.getIndexType(),
                                          b.loadScalar(padding, batch));
    b.forAll(numKeys, [&](Value key) {
      Value masked;
      if (length) {
        masked =
            arith::CmpIOp::create(b, arith::CmpIPredicate::sge, key, length);
      } else {
        Value element = b.loadScalar(padding, {batch, key});
        Value zero =
            arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
        masked =
            arith::CmpIOp::create(b, arith::CmpIPredicate::eq, element, zero);
      }
      Value flag = b.select(masked, b.scalar(1.0f), b.scalar(0.0f));
      memref::StoreOp::create(b, flag, paddingFlags, ValueRange{batch, key});
    });
  });
}

void AttentionKernel::buildTask(VectorBuilder &b, Value worker, Value index) {
  int64_t rows = b.getIsa().rows;
  Value tiles = b.ceilDiv(numQueries, rows);
  Value heads = b.index(op.getHeads());
  Value head = arith::DivUIOp::create(b, index, tiles);
  Value first = b.mul(arith::RemUIOp::create(b, index, tiles), b.index(rows));
  Task task;
  task.worker = worker;
  task.batch = arith::DivUIOp::create(b, head, heads);
  task.head = arith::RemUIOp::create(b, head, heads);

  Value left = b.sub(numQueries, first);
  Value partial = b.less(left, b.index(rows));
  auto buildPartial = [&] {
    Value last = b.sub(numQueries, b.index(1));
    b.loop(first, numQueries, kSmallTile, {}, [&](Value begin, ValueRange) {
      task.count = b.minimum(b.sub(numQueries, begin), b.index(kSmallTile));
      for (int64_t r = 0; r < kSmallTile; ++r)
        task.queries.push_back(b.minimum(b.add(begin, b.index(r)), last));
      buildTile(b, task);
      return SmallVector<Value>();
    });
  };
  auto buildFull = [&] {
    task.count = b.index(rows);
    task.queries.clear();
    for (int64_t r = 0; r < rows; ++r)
      task.queries.push_back(b.add(first, b.index(r)));
    buildTile(b, task);
  };
  b.when(partial, buildPartial, buildFull);
}

void AttentionKernel::buildTile(VectorBuilder &b, const Task &task) {
  int64_t width = getPanelWidth(b), blockSize = getBlockSize(b);
  buildStart(b, task);
  b.loop(b.index(0), numKeys, blockSize, {}, [&](Value block, ValueRange) {
    Value keys = b.minimum(b.sub(numKeys, block), b.index(blockSize));
    b.forAll(b.ceilDiv(keys, width),
             [&](Value panel) { buildScores(b, task, block, panel); });
    buildSoftmax(b, task, keys);
    buildSums(b, task, block, keys);
    return SmallVector<Value>();
  });
  buildEnd(b, task);
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
                                  Value block, Value panel) {
  int64_t lanes = b.getLanes(), width = getPanelWidth(b);
  int64_t rows = task.queries.size(), vectors = b.getIsa().vectors;
  Value keyHead = b.add(b.mul(task.batch, b.index(op.getKvHeads())),
                        getKeyHead(b, task.head));
  Value inBlock = b.mul(panel, b.index(width));
  Value first = b.add(block, inBlock);
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
    Keys keys;
    keys.first = b.add(first, b.index(v * lanes));
    keys.exist = b.firstLanes(b.sub(numKeys, keys.first));
    keys.positions = b.positions(keys.first);
    for (int64_t r = 0; r < rows; ++r) {
      Value score = buildMasked(b, task, r, keys, scores[r * vectors + v]);
      score = b.select(keys.exist, score, b.splat(-kInfinity));
      b.store(score, weights,
              {task.worker, b.index(r), b.add(inBlock, b.index(v * lanes))});
    }
  }
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
      Value weight = emitExp(b, b.sub(b.load(weights, place), offset));
      b.store(weight, weights, place);
      return SmallVector<Value>{b.add(total[0], weight)};
    };
    Value factor = emitExp(b, b.sub(before, offset));
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

void AttentionKernel::buildSums(VectorBuilder &b, const Task &task, Value block,
                                Value numKeys) {
  int64_t lanes = b.getLanes(), width = getPanelWidth(b);
  int64_t rows = task.queries.size(), vectors = b.getIsa().vectors;
  Value keyHead = getKeyHead(b, task.head);
  Value end = b.index(llvm::alignTo(valueSize, width));
  b.loop(b.index(0), end, width, {}, [&](Value column, ValueRange) {
    auto featureOf = [&](int64_t vector) {
      return b.add(column, b.index(vector * lanes));
    };
    SmallVector<Value> tile, masks;
    for (int64_t v = 0; v < vectors; ++v)
      masks.push_back(
          valueSize % width == 0
              ? Value()
              : b.firstLanes(b.sub(b.index(valueSize), featureOf(v))));
    auto placeOf = [&](int64_t row, int64_t vector) {
      return SmallVector<Value>{task.worker, b.index(row), featureOf(vector)};
    };
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        tile.push_back(b.load(sums, placeOf(r, v)));
    auto weight = [&](int64_t row, Value key) {
      return b.loadScalar(weights, {task.worker, b.index(row), key});
    };
    auto value = [&](Value key, int64_t vector) {
      return b.load(this->v,
                    at(b, task.batch, keyHead, b.add(block, key), valueSize,
                       featureOf(vector)),
                    masks[vector]);
    };
    tile = multiplyTile(b, rows, numKeys, tile, weight, value);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        b.store(tile[r * vectors + v], sums, placeOf(r, v));
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
    Value query = b.add(task.queries.front(), row);
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
