//===- DenseKernel.cpp - Products with dense weights ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DenseKernel.h"
#include "Activations.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Bytes that x and weights may take of the second-level cache: three quarters
/// of what today's processors have.
static constexpr int64_t kCacheBytes = 768 * 1024;

int64_t DenseKernel::getNumPanels(const VectorBuilder &b) const {
  return llvm::divideCeilSigned(n, b.getIsa().vectors * b.getIsa().lanes);
}

std::string DenseKernel::getName() const {
  std::string name = llvm::formatv("linear_{0}x{1}", k, n);
  if (!hasBias)
    name += "_nobias";
  if (activation != Activation::None)
    name += ("_" + stringifyActivation(activation)).str();
  return name;
}

void DenseKernel::build(VectorBuilder &b, ValueRange arguments) {
  x = arguments[0];
  weight = arguments[1];
  bias = hasBias ? arguments[2] : Value();
  y = arguments.back();
  buildTasks(b);
}

// Every tile of the output is one task: tasks are small enough to balance any
// number of threads, and those of one panel of weights follow one another, so
// that it stays in cache. For the rows of x to stay there too, all panels are
// done for one chunk of rows before the next chunk is begun.
void DenseKernel::buildTasks(VectorBuilder &b) {
  cutTasks(b);
  b.parallel(numTasks, [&](ValueRange at) { buildTask(b, getTask(b, at[0])); });
}

void DenseKernel::cutTasks(VectorBuilder &b) {
  numRows = memref::DimOp::create(b, y, 0);
  tiles = b.ceilDiv(numRows, b.getIsa().rows);
  chunk = buildChunk(b);
  numTasks = b.mul(tiles, b.index(getNumPanels(b)));
  flatWeight = memref::CollapseShapeOp::create(
      b, weight, ArrayRef<ReassociationIndices>{{0, 1, 2}});
}

DenseKernel::Task DenseKernel::getTask(VectorBuilder &b, Value index) {
  Value tasksPerChunk = b.mul(chunk, b.index(getNumPanels(b)));
  Value begin = b.mul(arith::DivUIOp::create(b, index, tasksPerChunk), chunk);
  Value rest = arith::RemUIOp::create(b, index, tasksPerChunk);
  Value size = b.minimum(b.sub(tiles, begin), chunk);
  Value panel = arith::DivUIOp::create(b, rest, size);
  Value tile = b.add(begin, arith::RemUIOp::create(b, rest, size));
  Value units = b.ceilDiv(numRows, rowUnit);
  auto firstRow = [&](Value tile) -> Value {
    Value unit = arith::DivUIOp::create(b, b.mul(tile, units), tiles);
    return b.minimum(b.mul(unit, b.index(rowUnit)), numRows);
  };
  Task task;
  task.row = firstRow(tile);
  task.end = firstRow(b.add(tile, b.index(1)));
  task.panel = panel;
  auto shape = cast<MemRefType>(weight.getType()).getShape();
  Value next = b.minimum(b.add(panel, b.index(1)), b.index(shape[0] - 1));
  task.aheadStep = arith::CeilDivUIOp::create(b, b.index(shape[2]), size);
  Value shareSize = b.mul(task.aheadStep, b.index(shape[1]));
  Value inPanel = arith::RemUIOp::create(b, rest, size);
  task.ahead = b.add(b.mul(next, b.index(shape[1] * shape[2])),
                     b.mul(inPanel, shareSize));
  return task;
}

void DenseKernel::prefetch(VectorBuilder &b, const Task &task, Value at) {
  constexpr unsigned kSecondLevel = 2;
  memref::PrefetchOp::create(b, flatWeight, b.add(task.ahead, at),
                             /*isWrite=*/false, kSecondLevel,
                             /*isDataCache=*/true);
}

// A panel so large that it leaves no room for a chunk is read once, for all
// rows.
Value DenseKernel::buildChunk(VectorBuilder &b) {
  int64_t rows = b.getIsa().rows, width = b.getIsa().vectors * b.getLanes();
  int64_t room = kCacheBytes - width * k * weightBytes;
  if (room < kCacheBytes / 4)
    return tiles;
  return b.index(std::max<int64_t>(1, room / (rows * k * inputBytes)));
}

void DenseKernel::buildTask(VectorBuilder &b, const Task &task) {
  Value rows = b.sub(task.end, task.row);
  b.dispatch(rows, b.getIsa().rows,
             [&](int64_t rows) { buildTile(b, rows, task); });
  if (activation != Activation::None)
    buildActivation(b, task.row, rows, task.panel);
}

void DenseKernel::buildTile(VectorBuilder &b, int64_t rows, const Task &task) {
  int64_t vectors = b.getIsa().vectors;
  Value column = getColumn(b, task.panel);
  SmallVector<Value> sums = multiply(b, rows, task);
  for (int64_t v = 0; v < vectors; ++v) {
    Value at = b.add(column, b.index(v * b.getLanes()));
    Value mask = buildMask(b, at);
    for (int64_t r = 0; r < rows; ++r)
      b.store(sums[r * vectors + v], y, {b.add(task.row, b.index(r)), at},
              mask);
  }
}

SmallVector<Value> DenseKernel::multiply(VectorBuilder &b, int64_t rows,
                                         const Task &task) {
  auto input = [&](int64_t r, Value k) {
    return b.loadScalar(x, {b.add(task.row, b.index(r)), k});
  };
  auto weights = [&](Value k, int64_t vector) {
    if (vector == 0)
      prefetch(b, task, b.mul(k, task.aheadStep));
    return b.load(weight, {task.panel, k, b.index(vector * b.getLanes())});
  };
  return multiplyTile(b, rows, b.index(k), buildStart(b, rows, task.panel),
                      input, weights);
}

// In a loop over the finished tile, which is still in the first-level cache:
// unrolled over all registers of all tiles it would be most of the code.
void DenseKernel::buildActivation(VectorBuilder &b, Value row, Value rows,
                                  Value panel) {
  int64_t vectors = b.getIsa().vectors;
  Value column = getColumn(b, panel);
  b.forAll(rows, [&](Value r) {
    for (int64_t v = 0; v < vectors; ++v) {
      Value at = b.add(column, b.index(v * b.getLanes()));
      Value mask = buildMask(b, at);
      SmallVector<Value> place = {b.add(row, r), at};
      b.store(emitActivation(b, activation, b.load(y, place, mask)), y, place,
              mask);
    }
  });
}

SmallVector<Value> DenseKernel::loadBias(VectorBuilder &b, Value panel) {
  Value column = getColumn(b, panel);
  SmallVector<Value> oneRow;
  for (int64_t v = 0; v < b.getIsa().vectors; ++v) {
    Value at = b.add(column, b.index(v * b.getLanes()));
    oneRow.push_back(hasBias ? b.load(bias, at, buildMask(b, at))
                             : b.splat(0.0f));
  }
  return oneRow;
}

// The sums start from the bias: no addition is left for the end.
SmallVector<Value> DenseKernel::buildStart(VectorBuilder &b, int64_t rows,
                                           Value panel) {
  SmallVector<Value> oneRow = loadBias(b, panel), all;
  for (int64_t r = 0; r < rows; ++r)
    llvm::append_range(all, oneRow);
  return all;
}

Value DenseKernel::getColumn(VectorBuilder &b, Value panel) {
  return b.mul(panel, b.index(b.getIsa().vectors * b.getLanes()));
}

Value DenseKernel::buildMask(VectorBuilder &b, Value column) {
  if (n % (b.getIsa().vectors * b.getLanes()) == 0)
    return {};
  return b.firstLanes(b.sub(b.index(n), column));
}
