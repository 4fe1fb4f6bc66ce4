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
  int64_t width = b.getIsa().vectors * b.getLanes();
  Value panels = b.index(llvm::divideCeilSigned(n, width));
  Value numRows = memref::DimOp::create(b, y, 0);
  Value tiles = b.ceilDiv(numRows, b.getIsa().rows);
  Value chunk = buildChunk(b, tiles);
  Value tasksPerChunk = b.mul(chunk, panels);
  b.parallel(b.mul(tiles, panels), [&](ValueRange task) {
    Value begin =
        b.mul(arith::DivUIOp::create(b, task[0], tasksPerChunk), chunk);
    Value rest = arith::RemUIOp::create(b, task[0], tasksPerChunk);
    Value size = b.minimum(b.sub(tiles, begin), chunk);
    Value panel = arith::DivUIOp::create(b, rest, size);
    Value tile = b.add(begin, arith::RemUIOp::create(b, rest, size));
    auto firstRow = [&](Value tile) -> Value {
      return arith::DivUIOp::create(b, b.mul(tile, numRows), tiles);
    };
    buildTask(b, firstRow(tile), firstRow(b.add(tile, b.index(1))), panel);
  });
}

// A panel so large that it leaves no room for a chunk is read once, for all
// rows.
Value DenseKernel::buildChunk(VectorBuilder &b, Value tiles) {
  int64_t rows = b.getIsa().rows, width = b.getIsa().vectors * b.getLanes();
  int64_t room = kCacheBytes - width * k * weightBytes;
  if (room < kCacheBytes / 4)
    return tiles;
  return b.index(std::max<int64_t>(1, room / (rows * k * inputBytes)));
}

void DenseKernel::buildTask(VectorBuilder &b, Value row, Value end,
                            Value panel) {
  Value rows = b.sub(end, row);
  b.dispatch(rows, b.getIsa().rows,
             [&](int64_t rows) { buildTile(b, rows, row, panel); });
  if (activation != Activation::None)
    buildActivation(b, row, rows, panel);
}

void DenseKernel::buildTile(VectorBuilder &b, int64_t rows, Value row,
                            Value panel) {
  int64_t vectors = b.getIsa().vectors;
  Value column = getColumn(b, panel);
  SmallVector<Value> sums = multiply(b, rows, row, panel);
  for (int64_t v = 0; v < vectors; ++v) {
    Value at = b.add(column, b.index(v * b.getLanes()));
    Value mask = buildMask(b, at);
    for (int64_t r = 0; r < rows; ++r)
      b.store(sums[r * vectors + v], y, {b.add(row, b.index(r)), at}, mask);
  }
}

SmallVector<Value> DenseKernel::multiply(VectorBuilder &b, int64_t rows,
                                         Value row, Value panel) {
  auto input = [&](int64_t r, Value k) {
    return b.loadScalar(x, {b.add(row, b.index(r)), k});
  };
  auto weights = [&](Value k, int64_t vector) {
    return b.load(weight, {panel, k, b.index(vector * b.getLanes())});
  };
  return multiplyTile(b, rows, b.index(k), buildStart(b, rows, panel), input,
                      weights);
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
