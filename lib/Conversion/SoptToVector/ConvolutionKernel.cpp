//===- ConvolutionKernel.cpp - Convolutions as products of tiles ----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionKernel.h"
#include "Kernels.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Filters that a task multiplies by the windows that it gathers: enough for
/// gathering to cost little, few enough that small images give many tasks.
static constexpr int64_t kFiltersOfTask = 192;

bool ConvolutionWindow::isPointwise() const {
  constexpr std::array<int64_t, 2> kOnes = {1, 1};
  return kernel == kOnes && strides == kOnes;
}

std::string ConvolutionWindow::getName() const {
  return llvm::formatv("kernel{0}x{1}_stride{2}x{3}_dilation{4}x{5}", kernel[0],
                       kernel[1], strides[0], strides[1], dilations[0],
                       dilations[1]);
}

std::string ConvolutionKernel::getName() const {
  std::string name = "conv_" + window.getName();
  if (rest != 0)
    name += "_rest" + std::to_string(rest);
  if (!hasBias)
    name += "_nobias";
  return name;
}

static int64_t getTileWidth(VectorBuilder &b) {
  return b.getIsa().vectors * b.getLanes();
}

/// Tiles of filters that a task multiplies.
static int64_t getTilesOfChunk(VectorBuilder &b) {
  return llvm::divideCeilSigned(kFiltersOfTask, b.getIsa().rows);
}

void ConvolutionKernel::build(VectorBuilder &b, ValueRange arguments) {
  auto next = arguments.begin();
  x = *next++;
  filters = *next++;
  bias = hasBias ? *next++ : Value();
  y = *next++;
  rowSize = *next++;

  groups = memref::DimOp::create(b, filters, 0);
  numTiles = memref::DimOp::create(b, filters, 1);
  depth = memref::DimOp::create(b, filters, 2);
  channels = arith::DivUIOp::create(b, memref::DimOp::create(b, x, 1), groups);
  outputs = arith::DivUIOp::create(b, memref::DimOp::create(b, y, 1), groups);
  numPositions = memref::DimOp::create(b, y, 2);
  tilesOfPositions = b.ceilDiv(numPositions, getTileWidth(b));
  numChunks = b.ceilDiv(numTiles, getTilesOfChunk(b));
  Value images = memref::DimOp::create(b, y, 0);
  Value numTasks =
      b.mul(b.mul(images, tilesOfPositions), b.mul(groups, numChunks));
  Value numWorkers = b.minimum(numTasks, b.index(kMaxWorkers));
  windows = allocate(b, {numWorkers, depth, b.getIndexAttr(getTileWidth(b))});
  b.shareOut(numTasks, numWorkers, [&](Value worker, Value index) {
    Task task = splitTask(b, worker, index);
    buildWindows(b, task);
    // The last tile may have fewer filters, as is known now.
    int64_t rows = b.getIsa().rows;
    Value whole = b.minimum(task.endTile, b.sub(numTiles, b.index(rest != 0)));
    b.loop(task.firstTile, whole, 1, {}, [&](Value tile, ValueRange) {
      buildTile(b, task, rows, tile);
      return SmallVector<Value>();
    });
    if (rest != 0)
      b.when(b.less(whole, task.endTile),
             [&] { buildTile(b, task, rest, whole); });
  });
}

// Tasks that share filters follow one another: those are more bytes than the
// windows, for all but the largest images.
ConvolutionKernel::Task
ConvolutionKernel::splitTask(VectorBuilder &b, Value worker, Value index) {
  auto splitOff = [&](Value count) -> Value {
    Value part = arith::RemUIOp::create(b, index, count);
    index = arith::DivUIOp::create(b, index, count);
    return part;
  };
  Task task;
  task.worker = worker;
  task.position = b.mul(splitOff(tilesOfPositions), b.index(getTileWidth(b)));
  task.numPositions =
      b.minimum(b.sub(numPositions, task.position), b.index(getTileWidth(b)));
  Value tilesOfChunk = b.index(getTilesOfChunk(b));
  task.firstTile = b.mul(splitOff(numChunks), tilesOfChunk);
  task.endTile = b.minimum(b.add(task.firstTile, tilesOfChunk), numTiles);
  task.group = splitOff(groups);
  task.image = index;
  return task;
}

void ConvolutionKernel::buildWindows(VectorBuilder &b, const Task &task) {
  Value end = b.add(task.position, task.numPositions);
  Value firstRow = arith::DivUIOp::create(b, task.position, rowSize);
  Value lastRow = arith::DivUIOp::create(b, b.sub(end, b.index(1)), rowSize);
  Value numRows = b.add(b.sub(lastRow, firstRow), b.index(1));
  b.forAll(numRows, [&](Value i) {
    Value row = b.add(firstRow, i);
    Value rowBegin = b.mul(row, rowSize);
    Value begin = arith::MaxUIOp::create(b, rowBegin, task.position);
    Value count = b.sub(b.minimum(b.add(rowBegin, rowSize), end), begin);
    buildWindowsInRow(b, task, b.sub(begin, task.position), row,
                      b.sub(begin, rowBegin), count);
  });
}

void ConvolutionKernel::buildWindowsInRow(VectorBuilder &b, const Task &task,
                                          Value column, Value oh, Value ow,
                                          Value count) {
  Value firstChannel = b.mul(task.group, channels);
  Value top = b.mul(oh, b.index(window.strides[0]));
  b.forAll(channels, [&](Value channel) {
    b.forAll(b.index(window.kernel[0]), [&](Value kh) {
      Value row = b.add(top, b.mul(kh, b.index(window.dilations[0])));
      b.forAll(b.index(window.kernel[1]), [&](Value kw) {
        Value element =
            b.add(b.mul(b.add(b.mul(channel, b.index(window.kernel[0])), kh),
                        b.index(window.kernel[1])),
                  kw);
        for (int64_t v = 0; v < b.getIsa().vectors; ++v) {
          Value lane = b.index(v * b.getLanes());
          Value left = b.mul(b.add(ow, lane), b.index(window.strides[1]));
          Value at = b.add(left, b.mul(kw, b.index(window.dilations[1])));
          Value mask = b.firstLanes(b.sub(count, lane));
          Value part = loadStrided(
              b, {task.image, b.add(firstChannel, channel), row, at}, mask);
          b.store(part, windows, {task.worker, element, b.add(column, lane)},
                  mask);
        }
      });
    });
  });
}

Value ConvolutionKernel::loadStrided(VectorBuilder &b, ValueRange indices,
                                     Value mask) {
  if (window.strides[1] == 1)
    return b.load(x, indices, mask);
  Value stride = b.splatPosition(b.index(window.strides[1]));
  Value offsets = arith::MulIOp::create(b, b.positions(b.index(0)), stride);
  return vector::GatherOp::create(b, b.getVectorType(), x, indices, offsets,
                                  mask, b.splat(0.0f));
}

void ConvolutionKernel::buildTile(VectorBuilder &b, const Task &task,
                                  int64_t rows, Value tile) {
  int64_t vectors = b.getIsa().vectors;
  Value output =
      b.add(b.mul(task.group, outputs), b.mul(tile, b.index(b.getIsa().rows)));
  SmallVector<Value> start;
  for (int64_t r = 0; r < rows; ++r)
    start.append(vectors, hasBias ? b.broadcast(b.loadScalar(
                                        bias, b.add(output, b.index(r))))
                                  : b.splat(0.0f));
  auto filter = [&](int64_t r, Value k) {
    return b.loadScalar(filters, {task.group, tile, k, b.index(r)});
  };
  auto window = [&](Value k, int64_t v) {
    return b.load(windows, {task.worker, k, b.index(v * b.getLanes())});
  };
  SmallVector<Value> sums = multiplyTile(b, rows, depth, start, filter, window);
  for (int64_t v = 0; v < vectors; ++v) {
    Value lane = b.index(v * b.getLanes());
    Value mask = b.firstLanes(b.sub(task.numPositions, lane));
    for (int64_t r = 0; r < rows; ++r)
      b.store(
          sums[r * vectors + v], y,
          {task.image, b.add(output, b.index(r)), b.add(task.position, lane)},
          mask);
  }
}
