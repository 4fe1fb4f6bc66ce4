//===- AttentionPreselection.cpp - Cheap scores to choose keys by ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With top_k_bits, q and k are rounded to a sign and a few bits of magnitude.
// Bit p of 32 features of a token makes one word, plane p. Where Q and K are
// planes of magnitude, S and T the signs, and |x| counts the bits of x,
//
//   q · k = Σᵢⱼ 2ⁱ⁺ʲ (|Qᵢ ∧ Kⱼ| − 2 |Qᵢ ∧ Kⱼ ∧ (S ⊕ T)|)
//
// and a vector of words does 32 features of as many keys as it has lanes. With
// one bit there are signs alone, and d features give d − 2 |S ⊕ T|.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

static constexpr int64_t kWordBits = 32;

/// Words of a token in one plane.
int64_t AttentionKernel::getNumWords() const {
  return llvm::divideCeil(headSize, kWordBits);
}

void AttentionKernel::allocateRough(VectorBuilder &b) {
  int64_t width = getPanelWidth(b);
  OpFoldResult planes =
      b.getIndexAttr(getNumWords() * int64_t(*AttentionOp(op).getTopKBits()));
  auto allocatePlanes = [&](Value tokens, int64_t heads) {
    return allocate(b,
                    {b.mul(numBatches, b.index(heads)),
                     b.ceilDiv(tokens, width), planes, b.getIndexAttr(width)},
                    b.getI32Type());
  };
  roughQueries = allocatePlanes(numQueries, op.getHeads());
  roughKeys = allocatePlanes(numKeys, op.getKvHeads());
}

void AttentionKernel::buildRough(VectorBuilder &b) {
  auto build = [&](Value tensor, Value tokens, int64_t heads, Value planes,
                   function_ref<Value(Value, Value)> tokenAt) {
    Value count = b.index(heads);
    Value factor = buildLevelsPerUnit(b, tensor, tokens, count);
    b.parallel({numBatches, count, tokens}, [&](ValueRange at) {
      Value token = tokenAt(at[0], at[2]);
      Value row = b.add(b.mul(at[0], count), at[1]);
      Value width = b.index(getPanelWidth(b));
      SmallVector<Value> place = {row, arith::DivUIOp::create(b, at[2], width),
                                  Value(),
                                  arith::RemUIOp::create(b, at[2], width)};
      for (int64_t word = 0; word < getNumWords(); ++word)
        buildPlanes(b, factor, planes, place, word, [&](int64_t feature) {
          Value mask;
          if (feature + b.getLanes() > headSize)
            mask = b.firstLanes(b.index(headSize - feature));
          return b.load(
              tensor,
              this->at(b, at[0], at[1], token, headSize, b.index(feature)),
              mask);
        });
    });
  };
  build(q, numQueries, op.getHeads(), roughQueries,
        [&](Value batch, Value i) { return getQuery(b, batch, i); });
  build(k, numKeys, op.getKvHeads(), roughKeys,
        [&](Value batch, Value i) { return getKey(b, batch, i); });
}

/// (2ᵇ⁻¹ − 1) / max|x|, or zero if all of the tensor is zero.
Value AttentionKernel::buildLevelsPerUnit(VectorBuilder &b, Value tensor,
                                          Value tokens, Value heads) {
  int64_t lanes = b.getLanes();
  auto overToken = [&](Value batch, Value head, Value token, Value greatest) {
    for (int64_t feature = 0; feature < headSize; feature += lanes) {
      Value mask;
      if (feature + lanes > headSize)
        mask = b.firstLanes(b.index(headSize - feature));
      Value x = b.load(
          tensor, at(b, batch, head, token, headSize, b.index(feature)), mask);
      greatest = b.atLeast(math::AbsFOp::create(b, x), greatest);
    }
    return SmallVector<Value>{greatest};
  };
  Value zero = b.index(0);
  Value greatest = b.loop(
      zero, numBatches, 1, b.splat(0.0f), [&](Value batch, ValueRange m) {
        return b.loop(zero, heads, 1, m, [&](Value head, ValueRange m) {
          return b.loop(zero, tokens, 1, m, [&](Value token, ValueRange m) {
            return overToken(batch, head, token, m[0]);
          });
        });
      })[0];
  Value largest = b.maximum(greatest);
  float levels = float((1 << (*op.getTopKBits() - 1)) - 1);
  Value any =
      arith::CmpFOp::create(b, CmpFPredicate::OGT, largest, b.scalar(0.0f));
  return b.broadcast(
      b.select(any, b.div(b.scalar(levels), largest), b.scalar(0.0f)));
}

/// Stores word `word` of each plane of one token, whose vector of features from
/// `feature` on is `load(feature)`; `place` is where, but for the plane.
void AttentionKernel::buildPlanes(VectorBuilder &b, Value factor, Value planes,
                                  SmallVector<Value> place, int64_t word,
                                  function_ref<Value(int64_t)> load) {
  int64_t lanes = b.getLanes(), numPlanes = *op.getTopKBits();
  Type narrow = b.getIntegerType(lanes), wide = b.getI32Type();
  SmallVector<Value> words(
      numPlanes, arith::ConstantOp::create(b, b.getI32IntegerAttr(0)));
  for (int64_t part = 0; part < kWordBits / lanes; ++part) {
    int64_t feature = word * kWordBits + part * lanes;
    if (feature >= headSize)
      break;
    Value x = load(feature);
    Value magnitude;
    if (numPlanes > 1) {
      Value levels = b.mul(math::AbsFOp::create(b, x), factor);
      // A NaN is no integer.
      Value bounded = b.atMost(math::RoundEvenOp::create(b, levels),
                               b.splat(float((1 << (numPlanes - 1)) - 1)));
      magnitude = arith::FPToSIOp::create(b, b.getIntVectorType(), bounded);
    }
    for (int64_t plane = 0; plane < numPlanes; ++plane) {
      Value bits;
      if (plane == 0) {
        bits = arith::CmpFOp::create(b, CmpFPredicate::OLT, x, b.splat(0.0f));
      } else {
        Value bit =
            arith::AndIOp::create(b, magnitude, b.splatInt(1 << (plane - 1)));
        bits = arith::CmpIOp::create(b, CmpIPredicate::ne, bit, b.splatInt(0));
      }
      Value packed =
          vector::BitCastOp::create(b, VectorType::get(1, narrow), bits);
      Value piece = arith::ExtUIOp::create(
          b, wide, vector::ExtractOp::create(b, packed, 0).getResult());
      Value shift =
          arith::ConstantOp::create(b, b.getI32IntegerAttr(part * lanes));
      words[plane] = arith::OrIOp::create(
          b, words[plane], arith::ShLIOp::create(b, piece, shift));
    }
  }
  for (int64_t plane = 0; plane < numPlanes; ++plane) {
    place[2] = b.index(word * numPlanes + plane);
    memref::StoreOp::create(b, words[plane], planes, place);
  }
}

/// The product of two tokens' words, as a vector of i32; the first plane of
/// each holds signs.
static Value multiplyWords(VectorBuilder &b, ArrayRef<Value> query,
                           ArrayRef<Value> key) {
  auto count = [&](Value x) { return math::CtPopOp::create(b, x); };
  auto twice = [&](Value x) {
    return arith::ShLIOp::create(b, x, b.splatInt(1));
  };
  Value differ = arith::XOrIOp::create(b, query[0], key[0]);
  if (query.size() == 1)
    return arith::SubIOp::create(b, b.splatInt(0), twice(count(differ)));
  Value sum = b.splatInt(0);
  for (size_t i = 1; i < query.size(); ++i)
    for (size_t j = 1; j < key.size(); ++j) {
      Value both = arith::AndIOp::create(b, query[i], key[j]);
      Value negative = arith::AndIOp::create(b, both, differ);
      Value term =
          arith::SubIOp::create(b, count(both), twice(count(negative)));
      if (i + j > 2)
        term = arith::ShLIOp::create(b, term, b.splatInt(i + j - 2));
      sum = arith::AddIOp::create(b, sum, term);
    }
  return sum;
}

/// In place of buildScores: scores of the rounded tokens.
void AttentionKernel::buildRoughScores(VectorBuilder &b, const Task &task,
                                       const Range &range, Value panel) {
  int64_t lanes = b.getLanes(), width = getPanelWidth(b);
  int64_t numPlanes = *op.getTopKBits();
  Value inRange = b.mul(panel, b.index(width));
  Value first = b.add(range.begin, inRange);
  Value keyPanel = arith::DivUIOp::create(b, first, b.index(width));
  Value keyHead = b.add(b.mul(task.batch, b.index(op.getKvHeads())),
                        getKeyHead(b, task.head));
  Value queryHead = b.add(b.mul(task.batch, b.index(op.getHeads())), task.head);
  for (int64_t v = 0; v < b.getIsa().vectors; ++v) {
    SmallVector<Value> keyWords;
    for (int64_t i = 0; i < getNumWords() * numPlanes; ++i)
      keyWords.push_back(b.loadInts(
          roughKeys, {keyHead, keyPanel, b.index(i), b.index(v * lanes)}));
    Keys keys = getKeys(b, task, b.add(first, b.index(v * lanes)), range);
    for (auto [r, place] : llvm::enumerate(task.places)) {
      Value queryPanel = arith::DivUIOp::create(b, place, b.index(width));
      Value lane = arith::RemUIOp::create(b, place, b.index(width));
      // Features past the last one count as equal.
      Value score = b.splatInt(numPlanes == 1 ? headSize : 0);
      for (int64_t word = 0; word < getNumWords(); ++word) {
        SmallVector<Value> queryWords;
        for (int64_t plane = 0; plane < numPlanes; ++plane)
          queryWords.push_back(b.broadcastInt(b.loadScalar(
              roughQueries, {queryHead, queryPanel,
                             b.index(word * numPlanes + plane), lane})));
        score = arith::AddIOp::create(
            b, score,
            multiplyWords(
                b, queryWords,
                ArrayRef(keyWords).slice(word * numPlanes, numPlanes)));
      }
      storeScore(b, task, r, keys, b.add(inRange, b.index(v * lanes)),
                 arith::SIToFPOp::create(b, b.getVectorType(), score));
    }
  }
}

/// The exact scores of `count` chosen keys, to where their weights will be.
void AttentionKernel::buildExactScores(VectorBuilder &b, const Task &task,
                                       Value query, Value count) {
  int64_t lanes = b.getLanes();
  auto loadPart = [&](Value tensor, Value head, Value token, int64_t feature) {
    Value mask;
    if (feature + lanes > headSize)
      mask = b.firstLanes(b.index(headSize - feature));
    return b.load(tensor,
                  at(b, task.batch, head, token, headSize, b.index(feature)),
                  mask);
  };
  SmallVector<Value> queryParts;
  for (int64_t feature = 0; feature < headSize; feature += lanes)
    queryParts.push_back(loadPart(q, task.head, query, feature));
  Value keyHead = getKeyHead(b, task.head);
  b.forAll(count, [&](Value i) {
    Value key = getChosenKey(b, task, i);
    Value sum = b.splat(0.0f);
    for (auto [part, queryPart] : llvm::enumerate(queryParts))
      sum = b.fma(queryPart, loadPart(k, keyHead, key, part * lanes), sum);
    memref::StoreOp::create(b, b.mul(b.sum(sum), scale), chosenWeights,
                            ValueRange{task.worker, i});
  });
}
