//===- NarrowKernel.cpp - Products with weights in fewer bits -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowKernel.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

NarrowKernel::NarrowKernel(const NarrowForm &form, int64_t k, int64_t n,
                           Activation activation, bool hasBias)
    : DenseKernel(k, n, activation, hasBias), form(form) {
  constexpr int64_t kBitsPerByte = 8;
  inputBytes = form.getInputBits() / kBitsPerByte;
  weightBytes = form.getWeightBits() / kBitsPerByte;
}

std::string NarrowKernel::getName() const {
  return DenseKernel::getName() + "_" + stringifyNumber(form.number).str();
}

void NarrowKernel::build(VectorBuilder &b, ValueRange arguments) {
  auto next = arguments.begin();
  x = *next++;
  if (isInt8()) {
    rowSteps = *next++;
    zeros = *next++;
  }
  weight = *next++;
  if (isInt8()) {
    columnSteps = *next++;
    columnSums = *next++;
  }
  bias = hasBias ? *next++ : Value();
  y = *next++;
  buildTasks(b);
}

SmallVector<Value> NarrowKernel::multiply(VectorBuilder &b, int64_t rows,
                                          const Task &task) {
  Value row = task.row, panel = task.panel;
  SmallVector<Value> start = isInt8() ? buildInt8Start(b, rows, row, panel)
                                      : buildStart(b, rows, panel);
  SmallVector<Value> sums = accumulateTile(
      b, rows, b.index(llvm::divideCeilSigned(k, form.group)), start,
      [&](int64_t r, Value k) {
        return form.loadWord(
            b, x, {b.add(row, b.index(r)), b.mul(k, b.index(form.group))});
      },
      [&](Value k, int64_t vector) {
        if (vector == 0)
          prefetch(b, task, b.mul(k, task.aheadStep));
        Value at = b.index(vector * b.getLanes() * form.group);
        return form.loadWeights(b, weight, {panel, k, at});
      },
      [&](Value input, Value weights, Value sum) {
        return form.multiplyAdd(b, input, weights, sum);
      });
  return isInt8() ? scale(b, rows, row, panel, sums) : sums;
}

SmallVector<Value> NarrowKernel::finish(VectorBuilder &b, Value row,
                                        Value panel, ValueRange products) {
  SmallVector<Value> sums =
      isInt8() ? buildInt8Start(b, 1, row, panel) : buildStart(b, 1, panel);
  for (auto [sum, product] : llvm::zip_equal(sums, products))
    sum = isInt8() ? arith::AddIOp::create(b, sum, product).getResult()
                   : b.add(sum, product);
  return isInt8() ? scale(b, 1, row, panel, sums) : sums;
}

SmallVector<Value> NarrowKernel::buildInt8Start(VectorBuilder &b, int64_t rows,
                                                Value row, Value panel) {
  SmallVector<Value> start;
  for (int64_t r = 0; r < rows; ++r) {
    Value zero = b.loadScalar(zeros, b.add(row, b.index(r)));
    Value minus = b.broadcastInt(zero);
    for (int64_t v = 0; v < b.getIsa().vectors; ++v) {
      Value sum = b.loadInts(columnSums, {panel, b.index(v * b.getLanes())});
      start.push_back(arith::SubIOp::create(
          b, b.splatInt(0), arith::MulIOp::create(b, minus, sum)));
    }
  }
  return start;
}

SmallVector<Value> NarrowKernel::scale(VectorBuilder &b, int64_t rows,
                                       Value row, Value panel,
                                       ValueRange sums) {
  int64_t vectors = b.getIsa().vectors;
  SmallVector<Value> addends = loadBias(b, panel), results;
  for (int64_t r = 0; r < rows; ++r) {
    Value rowStep = b.broadcast(b.loadScalar(rowSteps, b.add(row, b.index(r))));
    for (int64_t v = 0; v < vectors; ++v) {
      Value columnStep =
          b.load(columnSteps, {panel, b.index(v * b.getLanes())});
      Value sum =
          arith::SIToFPOp::create(b, b.getVectorType(), sums[r * vectors + v]);
      results.push_back(b.fma(sum, b.mul(rowStep, columnStep), addends[v]));
    }
  }
  return results;
}
