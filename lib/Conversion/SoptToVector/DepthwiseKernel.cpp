//===- DepthwiseKernel.cpp - Convolutions of one channel each -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DepthwiseKernel.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <map>

using namespace mlir;
using namespace sopt;

/// Rows, or else vectors of one row, of outputs that are summed up at once:
/// enough for the latency of one sum to be hidden by others, few enough to
/// leave registers for a filter of 3 × 3.
static constexpr int64_t kSumsOfTile = 4;

/// Elements of the largest filter that is unrolled.
static constexpr int64_t kMaxFilter = 64;

bool DepthwiseKernel::suits(const ConvolutionShape &shape) {
  return shape.groups > 1 && shape.channels == 1 &&
         shape.getDepth() <= kMaxFilter;
}

std::string DepthwiseKernel::getName() const {
  std::string name = "depthwise_conv_" + window.getName();
  if (outputs != 1)
    name += "_outputs" + std::to_string(outputs);
  if (!hasBias)
    name += "_nobias";
  return name;
}

void DepthwiseKernel::build(VectorBuilder &b, ValueRange arguments) {
  auto next = arguments.begin();
  x = *next++;
  filters = *next++;
  bias = hasBias ? *next++ : Value();
  y = *next++;
  numFilters = memref::DimOp::create(b, filters, 0);
  numRows = memref::DimOp::create(b, y, 2);
  numColumns = memref::DimOp::create(b, y, 3);
  Value images = memref::DimOp::create(b, y, 0);
  Value numTasks = b.mul(images, numFilters);
  Value numWorkers = b.minimum(numTasks, b.index(kMaxWorkers));
  Value isNarrow = b.less(numColumns, b.index(b.getLanes()));
  b.shareOut(numTasks, numWorkers, [&](Value, Value index) {
    Plane plane = startPlane(b, index);
    b.when(
        isNarrow, [&] { buildPlane(b, plane, b.firstLanes(numColumns)); },
        [&] { buildPlane(b, plane, Value()); });
  });
}

DepthwiseKernel::Plane DepthwiseKernel::startPlane(VectorBuilder &b,
                                                   Value index) {
  Plane plane;
  plane.image = arith::DivUIOp::create(b, index, numFilters);
  plane.output = arith::RemUIOp::create(b, index, numFilters);
  plane.channel = arith::DivUIOp::create(b, plane.output, b.index(outputs));
  for (int64_t kh = 0; kh < window.kernel[0]; ++kh)
    for (int64_t kw = 0; kw < window.kernel[1]; ++kw)
      plane.filter.push_back(b.broadcast(
          b.loadScalar(filters, {plane.output, b.index(kh), b.index(kw)})));
  plane.start =
      hasBias ? b.broadcast(b.loadScalar(bias, plane.output)) : b.splat(0.0f);
  return plane;
}

/// Calls `body` with the first of each `size` neighbours of `count`, which is
/// at least `size`. The last ones may be neighbours of the ones before too.
static void forEachPart(VectorBuilder &b, Value count, int64_t size,
                        function_ref<void(Value first)> body) {
  Value last = b.sub(count, b.index(size));
  b.forAll(b.ceilDiv(count, size), [&](Value part) {
    body(b.minimum(b.mul(part, b.index(size)), last));
  });
}

void DepthwiseKernel::buildPlane(VectorBuilder &b, const Plane &plane,
                                 Value mask) {
  auto buildTall = [&](Value row) {
    auto build = [&](Value column) {
      buildTile(b, plane, {row, column, kSumsOfTile, 1, mask});
    };
    if (mask)
      build(b.index(0));
    else
      forEachPart(b, numColumns, b.getLanes(), build);
  };
  b.when(
      b.less(numRows, b.index(kSumsOfTile)),
      [&] {
        b.forAll(numRows, [&](Value row) { buildRow(b, plane, row, mask); });
      },
      [&] { forEachPart(b, numRows, kSumsOfTile, buildTall); });
}

void DepthwiseKernel::buildRow(VectorBuilder &b, const Plane &plane, Value row,
                               Value mask) {
  if (mask)
    return buildTile(b, plane, {row, b.index(0), 1, 1, mask});
  int64_t wide = kSumsOfTile * b.getLanes();
  b.when(
      b.less(numColumns, b.index(wide)),
      [&] {
        forEachPart(b, numColumns, b.getLanes(), [&](Value column) {
          buildTile(b, plane, {row, column, 1, 1, Value()});
        });
      },
      [&] {
        forEachPart(b, numColumns, wide, [&](Value column) {
          buildTile(b, plane, {row, column, 1, kSumsOfTile, Value()});
        });
      });
}

void DepthwiseKernel::buildTile(VectorBuilder &b, const Plane &plane,
                                const Tile &tile) {
  // Which rows of outputs a row of the image goes to, and by which row of the
  // filter.
  std::map<int64_t, SmallVector<std::pair<int64_t, int64_t>>> usesOfRow;
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t kh = 0; kh < window.kernel[0]; ++kh)
      usesOfRow[r * window.strides[0] + kh * window.dilations[0]].push_back(
          {r, kh});

  SmallVector<Value> sums(tile.rows * tile.vectors, plane.start);
  Value top = b.mul(tile.row, b.index(window.strides[0]));
  for (const auto &[offset, uses] : usesOfRow) {
    Value row = b.add(top, b.index(offset));
    for (int64_t kw = 0; kw < window.kernel[1]; ++kw)
      for (int64_t v = 0; v < tile.vectors; ++v) {
        Value column = b.add(tile.column, b.index(v * b.getLanes()));
        Value elements = load(b, plane, row, column, kw, tile.mask);
        for (auto [r, kh] : uses) {
          Value &sum = sums[r * tile.vectors + v];
          sum = b.fma(plane.filter[kh * window.kernel[1] + kw], elements, sum);
        }
      }
  }
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t v = 0; v < tile.vectors; ++v)
      b.store(sums[r * tile.vectors + v], y,
              {plane.image, plane.output, b.add(tile.row, b.index(r)),
               b.add(tile.column, b.index(v * b.getLanes()))},
              tile.mask);
}

/// The elements at even offsets, or those at odd ones, of twice as many as a
/// vector has from `indices` on.
static Value loadEverySecond(VectorBuilder &b, Value memory, ValueRange indices,
                             bool isOdd) {
  auto twice = VectorType::get(2 * b.getLanes(), b.getF32Type());
  Value all = vector::LoadOp::create(b, twice, memory, indices);
  SmallVector<int64_t> chosen;
  for (int64_t lane = 0; lane < b.getLanes(); ++lane)
    chosen.push_back(2 * lane + isOdd);
  return vector::ShuffleOp::create(b, all, all, chosen);
}

Value DepthwiseKernel::load(VectorBuilder &b, const Plane &plane, Value row,
                            Value column, int64_t kw, Value mask) {
  int64_t stride = window.strides[1], offset = kw * window.dilations[1];
  Value left = b.mul(column, b.index(stride));
  auto at = [&](int64_t shift) {
    return SmallVector<Value>{plane.image, plane.channel, row,
                              b.add(left, b.index(shift))};
  };
  if (stride == 1)
    return b.load(x, at(offset), mask);
  // Every second of twice as many, if all of these are in the row: up to the
  // last, or, where the window has a right neighbour, one more.
  bool isOdd = offset > 0, hasNeighbour = isOdd || window.kernel[1] > 1;
  if (stride == 2 && hasNeighbour && !mask)
    return loadEverySecond(b, x, at(isOdd ? offset - 1 : 0), isOdd);
  Value offsets = arith::MulIOp::create(b, b.positions(b.index(0)),
                                        b.splatPosition(b.index(stride)));
  if (!mask)
    mask = b.firstLanes(b.index(b.getLanes()));
  return b.gather(x, at(offset), offsets, mask);
}
