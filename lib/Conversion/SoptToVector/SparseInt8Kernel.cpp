//===- SparseInt8Kernel.cpp - Products with sparse int8 weights -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseInt8Kernel.h"
#include "NarrowKernel.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

/// Half of the registers hold sums, the others inputs, what becomes of them,
/// and weights.
static int64_t getMostSums(const Isa &isa) { return isa.registers / 2; }

SparseInt8Kernel::SparseInt8Kernel(const NarrowForm &narrow, const Spec &spec,
                                   const Isa &isa)
    : SparseTasks(spec, narrow.group), narrow(narrow) {
  uint64_t fit = std::max<int64_t>(getMostSums(isa) / spec.vectors, 1);
  outputsAtOnce = std::min<int64_t>(llvm::bit_floor(fit), rows);
}

std::string SparseInt8Kernel::getName() const {
  return SparseTasks::getName() + "_int8";
}

int64_t SparseInt8Kernel::getVectors(const NarrowForm &narrow, const Isa &isa,
                                     ScheduleAttr schedule) {
  int64_t wanted =
      schedule.getTile().empty()
          ? getMostSums(isa) / schedule.getLayout().getBlockShape().first
          : schedule.getTile()[1];
  int64_t units = wanted / narrow.group;
  return std::clamp<int64_t>(units * narrow.group, narrow.group,
                             TokenTiles::kTokens / isa.lanes);
}

void SparseInt8Kernel::takeArguments(VectorBuilder &b, ValueRange arguments) {
  // The indices of several blocks would be loaded and scaled as a vector, and
  // taken out of it one by one: shuffles, of which there are enough.
  b.keepScalars();
  rowSteps = arguments[0];
  zeros = arguments[1];
  columnSteps = arguments[2];
  columnSums = arguments[3];
  denseWeight = spec.few.rowsBelow ? arguments[4] : Value();
  auto flatten = [&](Value panels) -> Value {
    return memref::CollapseShapeOp::create(
        b, panels, ArrayRef<ReassociationIndices>{{0, 1}});
  };
  flatSteps = flatten(columnSteps);
  flatSums = flatten(columnSums);
}

void SparseInt8Kernel::buildDense(VectorBuilder &b, Value y) {
  NarrowTiles::Tiles rows = NarrowTiles::viewRows(
      b, narrow, {inputTiles, rowSteps, zeros}, numTokens, spec.k);
  SmallVector<Value> arguments = {rows.words,  rows.steps,  rows.zeros,
                                  denseWeight, columnSteps, columnSums};
  if (spec.hasBias)
    arguments.push_back(bias);
  arguments.push_back(y);
  NarrowKernel(narrow, spec.k, spec.n, spec.activation, spec.hasBias)
      .build(b, arguments);
}

void SparseInt8Kernel::buildVectors(VectorBuilder &b, const Task &task,
                                    int64_t count, Value vector) {
  Value partsPerRow = b.index(rows / outputsAtOnce);
  b.forAll(b.index(form.groupOutputs / outputsAtOnce), [&](Value index) {
    Row row = getRow(b, task, arith::DivUIOp::create(b, index, partsPerRow),
                     b.index(0));
    Part part;
    part.first = b.mul(arith::RemUIOp::create(b, index, partsPerRow),
                       b.index(outputsAtOnce));
    part.output = b.add(row.output, part.first);
    SmallVector<Value> sums =
        b.loop(row.begin, row.end, 1, buildStart(b, task, part, count, vector),
               [&](Value unit, ValueRange sums) {
                 return buildUnit(b, task, part, count, vector, unit, sums);
               });
    keepRolled(sums.front().getDefiningOp());
    storeSums(b, task, count, vector, part.output,
              scale(b, task, part, count, vector, sums));
  });
}

SmallVector<Value> SparseInt8Kernel::buildUnit(VectorBuilder &b,
                                               const Task &task,
                                               const Part &part, int64_t count,
                                               Value vector, Value unit,
                                               ValueRange sums) {
  int64_t group = narrow.group;
  Value block = b.mul(unit, b.index(group));
  SmallVector<Value> features, inputs, next;
  for (int64_t i = 0; i < group; ++i)
    features.push_back(loadFeature(b, b.add(block, b.index(i))));
  // Vectors past the last that is wanted are not made: nobody uses them.
  for (int64_t v = 0; v < count; v += group)
    llvm::append_range(
        inputs, NarrowTiles::load(b, narrow, tiles, task.tile, features,
                                  getToken(b, b.add(vector, b.index(v)))));
  Value first = b.add(b.mul(unit, b.index(rows)), part.first);
  for (int64_t r = 0; r < outputsAtOnce; ++r) {
    Value at = b.mul(b.add(first, b.index(r)), b.index(group));
    Value weights = narrow.loadWord(b, values, at);
    for (int64_t v = 0; v < count; ++v)
      next.push_back(
          narrow.multiplyAdd(b, inputs[v], weights, sums[r * count + v]));
  }
  return next;
}

SmallVector<Value> SparseInt8Kernel::buildStart(VectorBuilder &b,
                                                const Task &task,
                                                const Part &part, int64_t count,
                                                Value vector) {
  SmallVector<Value> start;
  for (int64_t r = 0; r < outputsAtOnce; ++r) {
    Value sum = b.broadcastInt(
        b.loadScalar(flatSums, getColumn(b, task, part.output, r)));
    for (int64_t v = 0; v < count; ++v) {
      Value token = getToken(b, b.add(vector, b.index(v)));
      Value zero = b.loadInts(zeros, {task.tile, token});
      start.push_back(arith::SubIOp::create(
          b, b.splatInt(0), arith::MulIOp::create(b, zero, sum)));
    }
  }
  return start;
}

SmallVector<Value> SparseInt8Kernel::scale(VectorBuilder &b, const Task &task,
                                           const Part &part, int64_t count,
                                           Value vector, ValueRange sums) {
  SmallVector<Value> results;
  for (int64_t r = 0; r < outputsAtOnce; ++r) {
    Value column = getColumn(b, task, part.output, r);
    Value columnStep = b.broadcast(b.loadScalar(flatSteps, column));
    Value addend =
        spec.hasBias ? b.broadcast(b.loadScalar(bias, column)) : b.splat(0.0f);
    for (int64_t v = 0; v < count; ++v) {
      Value token = getToken(b, b.add(vector, b.index(v)));
      Value rowStep = b.load(rowSteps, {task.tile, token});
      Value sum =
          arith::SIToFPOp::create(b, b.getVectorType(), sums[r * count + v]);
      results.push_back(b.fma(sum, b.mul(rowStep, columnStep), addend));
    }
  }
  return results;
}
