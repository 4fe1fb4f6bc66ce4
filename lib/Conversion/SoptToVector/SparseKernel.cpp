//===- SparseKernel.cpp - Products with sparse weights --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseKernel.h"
#include "Activations.h"
#include "DenseKernel.h"
#include "Tile.h"
#include "TokenTiles.h"
#include "Transpose.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Sums that hide the latency of a multiply-add: 4 cycles, of which each starts
/// one or, where vectors are short, two.
static constexpr int64_t kMinChains = 4;

std::string SparseKernel::getName() const {
  std::string name = llvm::formatv("sparse_{0}x{1}_block{2}x1_tile{3}", spec.k,
                                   spec.n, rows, spec.vectors);
  if (form.numPanels > 1)
    name += llvm::formatv("_panels{0}", form.numPanels);
  if (!spec.hasBias)
    name += "_nobias";
  if (spec.activation != Activation::None)
    name += ("_" + stringifyActivation(spec.activation)).str();
  if (spec.denseBelow)
    name += llvm::formatv("_dense_below_{0}", spec.denseBelow);
  if (spec.denseBelow && spec.readsTiles)
    name += "_of_tiles";
  if (spec.writesTiles)
    name += "_to_tiles";
  return name;
}

void SparseKernel::build(VectorBuilder &b, ValueRange arguments) {
  wideLanes = b.getLanes();
  auto next = arguments.begin();
  numTokens = *next++;
  inputTiles = *next++;
  values = *next++;
  indices = *next++;
  pointers = *next++;
  order = *next++;
  groups = *next++;
  Value inputRows = spec.denseBelow && !spec.readsTiles ? *next++ : Value();
  Value denseWeight = spec.denseBelow ? *next++ : Value();
  bias = spec.hasBias ? *next++ : Value();
  outputs = *next++;

  numGroups = b.index(llvm::divideCeilSigned(spec.n, form.groupOutputs));
  numTasks = b.mul(memref::DimOp::create(b, inputTiles, 0), numGroups);
  numWorkers = b.minimum(numTasks, b.index(kMaxWorkers));
  if (!spec.writesTiles)
    allScratch = allocate(b, {numWorkers, b.getIndexAttr(form.groupOutputs),
                              b.getIndexAttr(TokenTiles::kTokens)});
  auto buildDense = [&] {
    Value x = inputRows
                  ? inputRows
                  : TokenTiles::viewRows(b, inputTiles, numTokens, spec.k);
    Value y = spec.writesTiles
                  ? TokenTiles::viewRows(b, outputs, numTokens, spec.n)
                  : outputs;
    SmallVector<Value> arguments = {x, denseWeight};
    if (spec.hasBias)
      arguments.push_back(bias);
    arguments.push_back(y);
    DenseKernel(spec.k, spec.n, spec.activation, spec.hasBias)
        .build(b, arguments);
  };
  TokenTiles::branch(b, numTokens, spec.denseBelow, buildDense,
                     [&](int64_t width) { buildTiles(b, width); });
}

void SparseKernel::buildTiles(VectorBuilder &b, int64_t tileTokens) {
  width = tileTokens;
  vectors = std::min(spec.vectors, width / b.getLanes());
  tiles = TokenTiles::view(b, inputTiles, width);
  y = spec.writesTiles ? TokenTiles::view(b, outputs, width) : outputs;
  if (!spec.writesTiles)
    scratch = TokenTiles::view(b, allScratch, width);
  b.shareOut(numTasks, numWorkers,
             [&](Value worker, Value task) { buildTask(b, worker, task); });
}

void SparseKernel::buildTask(VectorBuilder &b, Value worker, Value index) {
  Task task;
  task.worker = worker;
  task.tile = arith::DivUIOp::create(b, index, numGroups);
  task.group = arith::RemUIOp::create(b, index, numGroups);
  task.column = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                             b.loadScalar(groups, task.group));
  Value tileTokens = b.index(width);
  task.tokens =
      b.minimum(b.sub(numTokens, b.mul(task.tile, tileTokens)), tileTokens);
  task.vectors =
      width == b.getLanes() ? b.index(1) : b.ceilDiv(task.tokens, b.getLanes());

  // What no whole run of vectors covers is made of the powers of two that add
  // up to it.
  Value rest = arith::RemUIOp::create(b, task.vectors, b.index(vectors));
  Value next = b.sub(task.vectors, rest);
  b.loop(b.index(0), next, vectors, {}, [&](Value vector, ValueRange) {
    buildVectors(b, task, vectors, vector);
    return SmallVector<Value>();
  });
  for (int64_t part = llvm::PowerOf2Ceil(vectors) / 2; part; part /= 2) {
    Value bit = arith::AndIOp::create(b, rest, b.index(part));
    Value there =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ne, bit, b.index(0));
    b.when(there, [&] { buildVectors(b, task, part, next); });
    next = b.add(next, bit);
  }
  if (spec.activation != Activation::None)
    buildActivation(b, task);
  if (!spec.writesTiles)
    b.forAll(task.vectors,
             [&](Value vector) { buildResults(b, task, vector); });
}

void SparseKernel::buildVectors(VectorBuilder &b, const Task &task,
                                int64_t count, Value vector) {
  Value numRows = b.index(form.groupOutputs / rows);
  if (form.numPanels == 1) {
    b.forAll(numRows, [&](Value row) {
      buildRow(b, task, count, vector, row, b.index(0));
    });
    return;
  }
  b.forAll(numRows, [&](Value row) {
    Value output = b.mul(row, b.index(rows));
    storeSums(b, task, count, vector, output,
              buildStart(b, task, count, output));
  });
  b.forAll(b.index(form.numPanels), [&](Value panel) {
    b.forAll(numRows,
             [&](Value row) { buildRow(b, task, count, vector, row, panel); });
  });
}

SmallVector<Value> SparseKernel::buildStart(VectorBuilder &b, const Task &task,
                                            int64_t count, Value output) {
  SmallVector<Value> sums;
  for (int64_t r = 0; r < rows; ++r) {
    Value start = b.splat(0.0f);
    if (spec.hasBias) {
      // Outputs past the last one, which nobody sees, start like it.
      Value at = b.add(b.add(task.column, output), b.index(r));
      start =
          b.broadcast(b.loadScalar(bias, b.minimum(at, b.index(spec.n - 1))));
    }
    sums.append(count, start);
  }
  return sums;
}

SmallVector<Value> SparseKernel::buildBlock(VectorBuilder &b, const Task &task,
                                            int64_t count, Value vector,
                                            Value block, ValueRange sums) {
  Value feature = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                               b.loadScalar(indices, block));
  SmallVector<Value> inputs, next;
  for (int64_t v = 0; v < count; ++v)
    inputs.push_back(b.load(
        tiles, {task.tile, feature, getToken(b, b.add(vector, b.index(v)))}));
  Value first = b.mul(block, b.index(rows));
  for (int64_t r = 0; r < rows; ++r) {
    Value weight = b.broadcast(b.loadScalar(values, b.add(first, b.index(r))));
    for (int64_t v = 0; v < count; ++v)
      next.push_back(b.fma(weight, inputs[v], sums[r * count + v]));
  }
  return next;
}

// A sum is a chain of multiply-adds, each of which waits for the one before.
// Where a row has fewer sums than it takes to keep the machine busy, several
// blocks are added up side by side.
void SparseKernel::buildRow(VectorBuilder &b, const Task &task, int64_t count,
                            Value vector, Value index, Value panel) {
  int64_t chains = std::max<int64_t>(1, kMinChains / (rows * count));
  Value inPanel = b.add(b.mul(task.group, b.index(form.numPanels)), panel);
  Value place = b.add(b.mul(inPanel, b.index(form.groupOutputs / rows)), index);
  Value row = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                           b.loadScalar(order, place));
  Value output = b.mul(row, b.index(rows));
  auto pointer = [&](int64_t i) -> Value {
    return arith::IndexCastUIOp::create(
        b, b.getIndexType(), b.loadScalar(pointers, b.add(place, b.index(i))));
  };
  Value begin = pointer(0), end = pointer(1);
  Value rest =
      b.sub(end, arith::RemUIOp::create(b, b.sub(end, begin), b.index(chains)));

  SmallVector<Value> start = form.numPanels == 1
                                 ? buildStart(b, task, count, output)
                                 : loadSums(b, task, count, vector, output);
  start.append((chains - 1) * rows * count, b.splat(0.0f));
  SmallVector<Value> all =
      b.loop(begin, rest, chains, start, [&](Value block, ValueRange sums) {
        SmallVector<Value> next;
        for (int64_t c = 0; c < chains; ++c)
          llvm::append_range(
              next, buildBlock(b, task, count, vector, b.add(block, b.index(c)),
                               sums.slice(c * rows * count, rows * count)));
        return next;
      });
  keepRolled(all.front().getDefiningOp());
  SmallVector<Value> sums(ArrayRef(all).take_front(rows * count));
  for (int64_t i = rows * count; i < int64_t(all.size()); ++i)
    sums[i % sums.size()] = b.add(sums[i % sums.size()], all[i]);
  if (chains > 1)
    sums = b.loop(rest, end, 1, sums, [&](Value block, ValueRange sums) {
      return buildBlock(b, task, count, vector, block, sums);
    });
  storeSums(b, task, count, vector, output, sums);
}

SmallVector<Value> SparseKernel::loadSums(VectorBuilder &b, const Task &task,
                                          int64_t count, Value vector,
                                          Value output) {
  SmallVector<Value> sums;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t v = 0; v < count; ++v) {
      auto [memory, at] = getPlace(b, task, b.add(output, b.index(r)),
                                   b.add(vector, b.index(v)));
      sums.push_back(b.load(memory, at));
    }
  return sums;
}

void SparseKernel::storeSums(VectorBuilder &b, const Task &task, int64_t count,
                             Value vector, Value output, ValueRange sums) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t v = 0; v < count; ++v) {
      auto [memory, at] = getPlace(b, task, b.add(output, b.index(r)),
                                   b.add(vector, b.index(v)));
      b.store(sums[r * count + v], memory, at);
    }
}

Value SparseKernel::getToken(VectorBuilder &b, Value vector) {
  return b.mul(vector, b.index(b.getLanes()));
}

std::pair<Value, SmallVector<Value>> SparseKernel::getPlace(VectorBuilder &b,
                                                            const Task &task,
                                                            Value output,
                                                            Value vector) {
  Value inTile = getToken(b, vector);
  if (spec.writesTiles)
    return {y, {task.tile, b.add(task.column, output), inTile}};
  return {scratch, {task.worker, output, inTile}};
}

// In a loop over what is still in the first-level cache: unrolled over all
// registers of all runs it would be most of the code.
void SparseKernel::buildActivation(VectorBuilder &b, const Task &task) {
  if (width == b.getLanes())
    return buildWideActivation(b, task);
  b.forAll(b.index(form.groupOutputs), [&](Value output) {
    b.forAll(task.vectors, [&](Value vector) {
      auto [memory, place] = getPlace(b, task, output, vector);
      b.store(emitActivation(b, spec.activation, b.load(memory, place)), memory,
              place);
    });
  });
}

// The sums of narrow tiles are narrow, but lie one behind the other.
void SparseKernel::buildWideActivation(VectorBuilder &b, const Task &task) {
  auto [memory, place] = getPlace(b, task, b.index(0), b.index(0));
  auto type = cast<MemRefType>(memory.getType());
  Value flat = memref::CollapseShapeOp::create(
      b, memory, ArrayRef<ReassociationIndices>{{0, 1, 2}});
  Value row = b.add(b.mul(place[0], b.index(type.getDimSize(1))), place[1]);
  Value begin = b.mul(row, b.index(width));
  b.withLanes(wideLanes, [&] {
    Value end = b.index(form.groupOutputs * width);
    b.loop(b.index(0), end, b.getLanes(), {}, [&](Value i, ValueRange) {
      Value at = b.add(begin, i);
      b.store(emitActivation(b, spec.activation, b.load(flat, at)), flat, at);
      return SmallVector<Value>();
    });
  });
}

void SparseKernel::buildResults(VectorBuilder &b, const Task &task,
                                Value vector) {
  int64_t lanes = b.getLanes();
  Value inTile = getToken(b, vector);
  Value token = b.add(b.mul(task.tile, b.index(width)), inTile);
  Value left = b.sub(task.tokens, inTile);
  b.forAll(b.index(form.groupOutputs / lanes), [&](Value square) {
    Value output = b.mul(square, b.index(lanes));
    SmallVector<Value> outputs;
    for (int64_t r = 0; r < lanes; ++r)
      outputs.push_back(
          b.load(scratch, {task.worker, b.add(output, b.index(r)), inTile}));
    SmallVector<Value> tokens = transposeSquare(b, outputs);
    Value column = b.add(task.column, output);
    Value mask;
    if (spec.n % form.groupOutputs)
      mask = b.firstLanes(b.sub(b.index(spec.n), column));
    auto write = [&](int64_t t) {
      b.store(tokens[t], y, {b.add(token, b.index(t)), column}, mask);
    };
    Value isFull = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, left,
                                         b.index(lanes));
    auto writeAll = [&] {
      for (int64_t t = 0; t < lanes; ++t)
        write(t);
    };
    auto writeSome = [&] {
      for (int64_t t = 0; t < lanes; ++t)
        b.when(b.less(b.index(t), left), [&] { write(t); });
    };
    b.when(isFull, writeAll, writeSome);
  });
}
