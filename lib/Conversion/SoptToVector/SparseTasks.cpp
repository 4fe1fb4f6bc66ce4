//===- SparseTasks.cpp - What kernels that skip zeros share ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseTasks.h"
#include "Activations.h"
#include "Transpose.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

std::string SparseTasks::getName() const {
  std::string name = llvm::formatv("sparse_{0}x{1}_block{2}x1_tile{3}", spec.k,
                                   spec.n, rows, spec.vectors);
  if (form.numPanels > 1)
    name += llvm::formatv("_panels{0}", form.numPanels);
  if (!spec.hasBias)
    name += "_nobias";
  if (spec.activation != Activation::None)
    name += ("_" + stringifyActivation(spec.activation)).str();
  if (spec.few.rowsBelow)
    name += llvm::formatv("_dense_below_{0}", spec.few.rowsBelow);
  if (spec.few.rowsBelow && spec.readsTiles)
    name += "_of_tiles";
  if (spec.writesTiles)
    name += "_to_tiles";
  return name;
}

void SparseTasks::build(VectorBuilder &b, ValueRange arguments) {
  wideLanes = b.getLanes();
  outputs = arguments.back();
  arguments = arguments.drop_back();
  if (spec.hasBias) {
    bias = arguments.back();
    arguments = arguments.drop_back();
  }
  auto next = arguments.begin();
  numTokens = *next++;
  inputTiles = *next++;
  values = *next++;
  indices = *next++;
  pointers = *next++;
  order = *next++;
  groups = *next++;
  takeArguments(b, arguments.drop_front(next - arguments.begin()));

  numGroups = b.index(llvm::divideCeilSigned(spec.n, form.groupOutputs));
  numTasks = b.mul(memref::DimOp::create(b, inputTiles, 0), numGroups);
  numWorkers = b.minimum(numTasks, b.index(kMaxWorkers));
  if (!spec.writesTiles)
    allScratch = allocate(b, {numWorkers, b.getIndexAttr(form.groupOutputs),
                              b.getIndexAttr(TokenTiles::kTokens)});
  auto buildFew = [&] {
    buildDense(b, spec.writesTiles
                      ? TokenTiles::viewRows(b, outputs, numTokens, spec.n)
                      : outputs);
  };
  TokenTiles::branch(b, numTokens, spec.few, buildFew,
                     [&](int64_t width) { buildTiles(b, width); });
}

void SparseTasks::buildTiles(VectorBuilder &b, int64_t tileTokens) {
  width = tileTokens;
  vectors = std::min(spec.vectors, width / b.getLanes());
  tiles = TokenTiles::view(b, inputTiles, width);
  y = spec.writesTiles ? TokenTiles::view(b, outputs, width) : outputs;
  if (!spec.writesTiles)
    scratch = TokenTiles::view(b, allScratch, width);
  b.shareOut(numTasks, numWorkers,
             [&](Value worker, Value task) { buildTask(b, worker, task); });
}

Value SparseTasks::roundUpUnits(VectorBuilder &b, Value count) {
  if (vectorUnit <= 2)
    return count;
  Value nearest = b.add(count, b.index(vectorUnit / 2 - 1));
  Value units = arith::DivUIOp::create(b, nearest, b.index(vectorUnit));
  return arith::MaxUIOp::create(b, count, b.mul(units, b.index(vectorUnit)));
}

void SparseTasks::buildTask(VectorBuilder &b, Value worker, Value index) {
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
  Value all = roundUpUnits(b, task.vectors);
  Value rest = arith::RemUIOp::create(b, all, b.index(vectors));
  Value next = b.sub(all, rest);
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

SparseTasks::Row SparseTasks::getRow(VectorBuilder &b, const Task &task,
                                     Value index, Value panel) {
  Value inPanel = b.add(b.mul(task.group, b.index(form.numPanels)), panel);
  Value place = b.add(b.mul(inPanel, b.index(form.groupOutputs / rows)), index);
  auto load = [&](Value memory, Value at) -> Value {
    return arith::IndexCastUIOp::create(b, b.getIndexType(),
                                        b.loadScalar(memory, at));
  };
  Value row = load(order, place);
  return {b.mul(row, b.index(rows)), load(pointers, place),
          load(pointers, b.add(place, b.index(1)))};
}

Value SparseTasks::getColumn(VectorBuilder &b, const Task &task, Value output,
                             int64_t r) {
  Value at = b.add(b.add(task.column, output), b.index(r));
  return b.minimum(at, b.index(spec.n - 1));
}

Value SparseTasks::loadFeature(VectorBuilder &b, Value block) {
  return arith::IndexCastUIOp::create(b, b.getIndexType(),
                                      b.loadScalar(indices, block));
}

void SparseTasks::storeSums(VectorBuilder &b, const Task &task, int64_t count,
                            Value vector, Value output, ValueRange sums) {
  for (int64_t r = 0, e = sums.size() / count; r < e; ++r)
    for (int64_t v = 0; v < count; ++v) {
      auto [memory, at] = getPlace(b, task, b.add(output, b.index(r)),
                                   b.add(vector, b.index(v)));
      b.store(sums[r * count + v], memory, at);
    }
}

Value SparseTasks::getToken(VectorBuilder &b, Value vector) {
  return b.mul(vector, b.index(b.getLanes()));
}

std::pair<Value, SmallVector<Value>> SparseTasks::getPlace(VectorBuilder &b,
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
void SparseTasks::buildActivation(VectorBuilder &b, const Task &task) {
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
void SparseTasks::buildWideActivation(VectorBuilder &b, const Task &task) {
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

void SparseTasks::buildResults(VectorBuilder &b, const Task &task,
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
