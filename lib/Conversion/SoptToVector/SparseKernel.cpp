//===- SparseKernel.cpp - Products with sparse weights --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseKernel.h"
#include "DenseKernel.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace sopt;

/// Sums that hide the latency of a multiply-add: 4 cycles, of which each starts
/// one or, where vectors are short, two.
static constexpr int64_t kMinChains = 4;

void SparseKernel::takeArguments(VectorBuilder &, ValueRange arguments) {
  auto next = arguments.begin();
  bool hasDense = spec.few.rowsBelow;
  inputRows = hasDense && !spec.readsTiles ? *next++ : Value();
  denseWeight = hasDense ? *next++ : Value();
}

void SparseKernel::buildDense(VectorBuilder &b, Value y) {
  Value x = inputRows ? inputRows
                      : TokenTiles::viewRows(b, inputTiles, numTokens, spec.k);
  SmallVector<Value> arguments = {x, denseWeight};
  if (spec.hasBias)
    arguments.push_back(bias);
  arguments.push_back(y);
  DenseKernel(spec.k, spec.n, spec.activation, spec.hasBias)
      .build(b, arguments);
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
    if (spec.hasBias)
      start = b.broadcast(b.loadScalar(bias, getColumn(b, task, output, r)));
    sums.append(count, start);
  }
  return sums;
}

SmallVector<Value> SparseKernel::buildBlock(VectorBuilder &b, const Task &task,
                                            int64_t count, Value vector,
                                            Value block, ValueRange sums) {
  Value feature = loadFeature(b, block);
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
  auto [output, begin, end] = getRow(b, task, index, panel);
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
