//===- NMKernel.cpp - Products with N:M weights ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NMKernel.h"
#include "Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

// Beside sums there are weights and places of a group, the word that they are
// of, what decodes it, inputs, and those of them picked.
static int64_t getMaxSums(const Isa &isa, int64_t kept) {
  constexpr int64_t kMany = 12;
  return std::min(kMany, isa.registers - 2 * kept - 4);
}

NMKernel::NMKernel(int64_t kept, int64_t k, int64_t n, Activation activation,
                   bool hasBias)
    : DenseKernel(k, n, activation, hasBias), rows(k, kept) {
  weightBytes = llvm::divideCeilSigned(rows.count * sizeof(float), k);
}

Isa NMKernel::getTile(const Isa &isa, int64_t kept, int64_t k) {
  // A task with less to do would mostly be what begins and ends it.
  constexpr int64_t kVectors = 4;
  Isa tile = isa;
  tile.rows = Isa::isInOneSet(k * sizeof(float)) ? isa.rowsInOneSet
                                                 : getMaxSums(isa, kept);
  tile.vectors = kVectors;
  return tile;
}

std::string NMKernel::getName() const {
  return DenseKernel::getName() +
         llvm::formatv("_{0}of{1}", rows.kept, NMForm::kGroup).str();
}

void NMKernel::buildTile(VectorBuilder &b, int64_t tileRows, const Task &task) {
  form.emplace(b.getIsa(), tileRows);
  this->tileRows = tileRows;
  int64_t most = getMaxSums(b.getIsa(), rows.kept);
  chains = llvm::bit_floor(uint64_t(std::max<int64_t>(1, most / tileRows)));
  Value column = getColumn(b, task.panel);
  Value vectors = b.minimum(b.index(b.getIsa().vectors),
                            b.ceilDiv(b.sub(b.index(n), column), b.getLanes()));
  b.forAll(vectors, [&](Value vector) {
    Value at = b.add(column, b.mul(vector, b.index(b.getLanes())));
    Value mask = buildMask(b, at);
    Value start = hasBias ? b.load(bias, at, mask) : b.splat(0.0f);
    SmallVector<Value> sums = multiplyVector(b, task, vector, start);
    for (auto [r, sum] : llvm::enumerate(sums))
      b.store(sum, y, {b.add(task.row, b.index(r)), at}, mask);
  });
}

SmallVector<Value> NMKernel::multiplyVector(VectorBuilder &b, const Task &task,
                                            Value vector, Value start) {
  SmallVector<Value> sums;
  for (int64_t i = 0; i < tileRows * chains; ++i)
    sums.push_back(i % chains == 0 ? start : b.splat(0.0f));
  Value first = b.mul(vector, b.index(rows.count));
  int64_t inputsPerWord = rows.groupsPerWord * NMForm::kGroup;
  int64_t words = k / inputsPerWord, left = k % inputsPerWord;
  sums = b.loop(
      b.index(0), b.index(words), 1, sums, [&](Value word, ValueRange sums) {
        Value row = b.add(first, b.mul(word, b.index(rows.rowsPerWord)));
        Value column = b.mul(word, b.index(inputsPerWord));
        return buildWord(b, task, row, column, rows.groupsPerWord,
                         NMForm::kGroup, sums);
      });
  if (left)
    sums = buildWord(b, task, b.add(first, b.index(words * rows.rowsPerWord)),
                     b.index(words * inputsPerWord),
                     llvm::divideCeilSigned(left, NMForm::kGroup),
                     (left - 1) % NMForm::kGroup + 1, sums);
  SmallVector<Value> results;
  for (int64_t r = 0; r < tileRows; ++r) {
    MutableArrayRef<Value> parts(sums.data() + r * chains, chains);
    for (int64_t count = chains / 2; count; count /= 2)
      for (int64_t i = 0; i < count; ++i)
        parts[i] = b.add(parts[i], parts[i + count]);
    results.push_back(parts[0]);
  }
  return results;
}

SmallVector<Value> NMKernel::buildWord(VectorBuilder &b, const Task &task,
                                       Value word, Value column, int64_t groups,
                                       int64_t lastInputs, ValueRange sums) {
  int64_t stepGroups = std::max<int64_t>(1, chains / rows.kept);
  int64_t full = lastInputs == NMForm::kGroup ? groups : groups - 1;
  int64_t inLoop = full / stepGroups * stepGroups;
  Value firstRow = b.add(word, b.index(1));
  auto getPlace = [&](Value group, Value words) -> Place {
    return {b.add(firstRow, b.mul(group, b.index(rows.kept))), words,
            b.add(column, b.mul(group, b.index(NMForm::kGroup)))};
  };
  auto getNext = [&](Value words, int64_t groups) -> Value {
    return arith::ShRUIOp::create(
        b, words, b.splatInt(groups * rows.kept * NMForm::kPlaceBits));
  };
  SmallVector<Value> state = {loadRow(b, task, word)};
  llvm::append_range(state, sums);
  if (inLoop) {
    state = b.loop(b.index(0), b.index(inLoop), stepGroups, state,
                   [&](Value group, ValueRange state) {
                     SmallVector<Value> next = buildStep(
                         b, task, getPlace(group, state[0]),
                         {stepGroups, NMForm::kGroup}, state.drop_front());
                     next.insert(next.begin(), getNext(state[0], stepGroups));
                     return next;
                   });
    keepRolled(state.front().getDefiningOp());
  }
  for (int64_t group = inLoop; group < groups; ++group) {
    int64_t inputs = group == full ? lastInputs : NMForm::kGroup;
    SmallVector<Value> next =
        buildStep(b, task, getPlace(b.index(group), state[0]), {1, inputs},
                  ValueRange(state).drop_front());
    next.insert(next.begin(),
                group + 1 < groups ? getNext(state[0], 1) : state[0]);
    state = std::move(next);
  }
  state.erase(state.begin());
  return state;
}

SmallVector<Value> NMKernel::buildStep(VectorBuilder &b, const Task &task,
                                       const Place &place, Step step,
                                       ValueRange sums) {
  SmallVector<Value> next(sums);
  prefetchRows(b, task, place.row, step.groups * rows.kept);
  for (int64_t group = 0; group < step.groups; ++group) {
    SmallVector<Value> weights;
    SmallVector<SmallVector<Value>> places;
    for (int64_t i = group * rows.kept; i < (group + 1) * rows.kept; ++i) {
      Value words = place.words;
      if (i > 0)
        words = arith::ShRUIOp::create(b, words,
                                       b.splatInt(i * NMForm::kPlaceBits));
      places.push_back(form->decode(b, words));
      weights.push_back(arith::BitcastOp::create(
          b, b.getVectorType(),
          loadRow(b, task, b.add(place.row, b.index(i)))));
    }
    Value column = b.add(place.column, b.index(group * NMForm::kGroup));
    for (int64_t r = 0; r < tileRows; ++r) {
      SmallVector<Value> inputs = form->loadInputs(
          b, x, b.add(task.row, b.index(r)), column, step.inputs);
      for (int64_t i = 0; i < rows.kept; ++i) {
        Value &sum = next[r * chains + (group * rows.kept + i) % chains];
        sum = b.fma(form->pick(b, inputs, places[i]), weights[i], sum);
      }
    }
  }
  return next;
}

// Once for each cache line that the rows take.
void NMKernel::prefetchRows(VectorBuilder &b, const Task &task, Value row,
                            int64_t count) {
  constexpr int64_t kLineBytes = 64;
  int64_t rowsPerLine = std::max<int64_t>(
      1, kLineBytes / (b.getLanes() * int64_t(sizeof(float))));
  for (int64_t i = 0; i < count; i += rowsPerLine)
    prefetch(b, task, b.mul(b.add(row, b.index(i)), task.aheadStep));
}

Value NMKernel::loadRow(VectorBuilder &b, const Task &task, Value row) {
  return b.loadInts(weight, {task.panel, row, b.index(0)});
}
