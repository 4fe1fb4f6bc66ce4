//===- AttentionOrder.cpp - The keys that an attention kernel visits ------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Work that a mask makes needless is saved by order, not by tests: tokens of a
// group are brought together and padding is put last. Then what a tile of
// queries may see lies between two places of the order, and all else is never
// looked at.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace sopt;

using arith::CmpIPredicate;

/// Values of a digit, by which groups are sorted, and how many digits there
/// are.
static constexpr int64_t kRadixBits = 8, kRadix = 1 << kRadixBits;
static constexpr int64_t kDigits = 64 / kRadixBits;

static Value loadIndex(VectorBuilder &b, Value memory, ValueRange indices) {
  Value place = b.loadScalar(memory, indices);
  return arith::IndexCastOp::create(b, b.getIndexType(), place);
}

static void storeIndex(VectorBuilder &b, Value index, Value memory,
                       ValueRange indices) {
  Value place = arith::IndexCastOp::create(b, b.getI32Type(), index);
  memref::StoreOp::create(b, place, memory, indices);
}

static Value atMost(VectorBuilder &b, Value value, Value limit) {
  return arith::MinSIOp::create(b, value, limit);
}

static Value atLeast(VectorBuilder &b, Value value, Value limit) {
  return arith::MaxSIOp::create(b, value, limit);
}

void AttentionKernel::allocateOrder(VectorBuilder &b) {
  Type i32 = b.getI32Type();
  Value one = b.index(1);
  if (group) {
    tokens = allocate(b, {numBatches, numQueries}, i32);
    groupBegins = allocate(b, {numBatches, numQueries}, i32);
    groupEnds = allocate(b, {numBatches, numQueries}, i32);
    spare = allocate(b, {numBatches, numQueries}, i32);
    counts = allocate(b, {numBatches, b.getIndexAttr(kRadix + 1)}, i32);
    keyOrder = tokens;
    keyGroups = groupBegins;
  }
  if (padding) {
    realBefore = allocate(b, {numBatches, b.add(numKeys, one)}, i32);
    keyOrder = allocate(b, {numBatches, numKeys}, i32);
    if (group)
      keyGroups = allocate(b, {numBatches, numKeys}, i32);
  }
}

void AttentionKernel::buildOrder(VectorBuilder &b) {
  if (!keyOrder)
    return;
  b.parallel(numBatches, [&](ValueRange at) {
    if (group)
      buildGroups(b, at[0]);
    if (padding)
      buildRealKeysFirst(b, at[0]);
  });
}

/// The group of a token, as an index.
Value AttentionKernel::getGroup(VectorBuilder &b, Value batch, Value token) {
  bool shared = cast<MemRefType>(group.getType()).getRank() == 1;
  Value id = b.loadScalar(group, shared ? SmallVector<Value>{token}
                                        : SmallVector<Value>{batch, token});
  return arith::IndexCastOp::create(b, b.getIndexType(), id);
}

// Groups that are already together, as those of packed sequences are, stay
// where they are.
void AttentionKernel::buildGroups(VectorBuilder &b, Value batch) {
  b.forAll(numQueries, [&](Value i) { storeIndex(b, i, tokens, {batch, i}); });
  auto isInOrder = [&](Value i, ValueRange sorted) {
    Value before = getGroup(b, batch, b.sub(i, b.index(1)));
    Value ordered = arith::CmpIOp::create(b, CmpIPredicate::sle, before,
                                          getGroup(b, batch, i));
    return SmallVector<Value>{arith::AndIOp::create(b, sorted[0], ordered)};
  };
  Value sorted =
      b.loop(b.index(1), numQueries, 1, b.constantBool(true), isInOrder)[0];
  b.when(b.equal(sorted, b.constantBool(false)), [&] {
    b.forAll(b.index(kDigits),
             [&](Value digit) { buildSortByDigit(b, batch, digit); });
  });

  auto groupAt = [&](Value place) {
    return getGroup(b, batch, loadIndex(b, tokens, {batch, place}));
  };
  b.loop(b.index(0), numQueries, 1, b.index(0), [&](Value i, ValueRange begin) {
    Value before = atLeast(b, b.sub(i, b.index(1)), b.index(0));
    Value same = b.equal(groupAt(before), groupAt(i));
    Value first = b.select(same, begin[0], i);
    storeIndex(b, first, groupBegins, {batch, i});
    return SmallVector<Value>{first};
  });
  b.loop(b.index(0), numQueries, 1, numQueries, [&](Value i, ValueRange end) {
    Value last = b.sub(numQueries, b.index(1));
    Value place = b.sub(last, i);
    Value after = atMost(b, b.add(place, b.index(1)), last);
    Value same = b.equal(loadIndex(b, groupBegins, {batch, place}),
                         loadIndex(b, groupBegins, {batch, after}));
    Value past = b.select(same, end[0], b.add(place, b.index(1)));
    storeIndex(b, past, groupEnds, {batch, place});
    return SmallVector<Value>{past};
  });
}

// One pass of a radix sort, the lowest digit first: it is stable, takes time
// in proportion to the tokens, and does not move anything for the digits, most
// of them, that all groups share. What counts is that equal groups meet; so
// negative ones may come last.
void AttentionKernel::buildSortByDigit(VectorBuilder &b, Value batch,
                                       Value digit) {
  auto digitAt = [&](Value place) -> Value {
    Value id = getGroup(b, batch, loadIndex(b, tokens, {batch, place}));
    Value shift = b.mul(digit, b.index(kRadixBits));
    return arith::AndIOp::create(b, arith::ShRUIOp::create(b, id, shift),
                                 b.index(kRadix - 1));
  };
  auto increment = [&](Value digit) {
    Value count = loadIndex(b, counts, {batch, digit});
    storeIndex(b, b.add(count, b.index(1)), counts, {batch, digit});
    return count;
  };
  b.forAll(b.index(kRadix + 1),
           [&](Value d) { storeIndex(b, b.index(0), counts, {batch, d}); });
  b.forAll(numQueries,
           [&](Value i) { increment(b.add(digitAt(i), b.index(1))); });
  Value first = b.add(digitAt(b.index(0)), b.index(1));
  Value shared = b.equal(loadIndex(b, counts, {batch, first}), numQueries);
  b.when(b.equal(shared, b.constantBool(false)), [&] {
    b.loop(b.index(0), b.index(kRadix), 1, b.index(0),
           [&](Value d, ValueRange before) {
             Value sum = b.add(before[0], loadIndex(b, counts, {batch, d}));
             storeIndex(b, sum, counts, {batch, d});
             return SmallVector<Value>{sum};
           });
    b.forAll(numQueries, [&](Value i) {
      Value token = b.loadScalar(tokens, {batch, i});
      Value place = increment(digitAt(i));
      memref::StoreOp::create(b, token, spare, ValueRange{batch, place});
    });
    b.forAll(numQueries, [&](Value i) {
      Value token = b.loadScalar(spare, {batch, i});
      memref::StoreOp::create(b, token, tokens, ValueRange{batch, i});
    });
  });
}

Value AttentionKernel::isReal(VectorBuilder &b, Value batch, Value key) {
  auto type = cast<MemRefType>(padding.getType());
  if (type.getRank() == 1) {
    Value length = arith::IndexCastOp::create(b, b.getIndexType(),
                                              b.loadScalar(padding, batch));
    return b.less(key, length);
  }
  Value element = b.loadScalar(padding, {batch, key});
  Value zero =
      arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
  return arith::CmpIOp::create(b, CmpIPredicate::ne, element, zero);
}

// Padded keys come last, and not nowhere: a query that is left without keys may
// have to see them all.
void AttentionKernel::buildRealKeysFirst(VectorBuilder &b, Value batch) {
  auto tokenAt = [&](Value i) {
    return group ? loadIndex(b, tokens, {batch, i}) : i;
  };
  auto count = [&](Value i, ValueRange before) {
    storeIndex(b, before[0], realBefore, {batch, i});
    Value real = isReal(b, batch, tokenAt(i));
    Value one = b.select(real, b.index(1), b.index(0));
    return SmallVector<Value>{
        arith::AddIOp::create(b, before[0], one).getResult()};
  };
  Value numReal = b.loop(b.index(0), numKeys, 1, b.index(0), count)[0];
  storeIndex(b, numReal, realBefore, {batch, numKeys});
  b.forAll(numKeys, [&](Value i) {
    Value before = loadIndex(b, realBefore, {batch, i});
    Value after = loadIndex(b, realBefore, {batch, b.add(i, b.index(1))});
    Value padded = b.add(numReal, b.sub(i, before));
    Value place = b.select(b.equal(before, after), padded, before);
    storeIndex(b, tokenAt(i), keyOrder, {batch, place});
    if (group)
      storeIndex(b, loadIndex(b, groupBegins, {batch, i}), keyGroups,
                 {batch, place});
  });
}

Value AttentionKernel::getNumReal(VectorBuilder &b, Value batch) {
  return loadIndex(b, realBefore, {batch, numKeys});
}

Value AttentionKernel::getKey(VectorBuilder &b, Value batch, Value place) {
  return keyOrder ? loadIndex(b, keyOrder, {batch, place}) : place;
}

Value AttentionKernel::getQuery(VectorBuilder &b, Value batch, Value place) {
  return group ? loadIndex(b, tokens, {batch, place}) : place;
}

Value AttentionKernel::getQueryGroup(VectorBuilder &b, const Task &task,
                                     int64_t row) {
  return b.loadScalar(groupBegins, {task.batch, task.places[row]});
}

/// The positions that the queries of `task` may see, by all masks that speak
/// of positions.
AttentionKernel::Range AttentionKernel::buildPositions(VectorBuilder &b,
                                                       const Task &task) {
  Value first = task.places.front(), last = task.places.back();
  Range range = {b.index(0), numKeys};
  auto limitEnd = [&](Value lastKey) {
    range.end = atMost(b, range.end, b.add(lastKey, b.index(1)));
  };
  if (op.getCausal())
    limitEnd(op.getCausalEnd() ? b.add(last, b.sub(numKeys, numQueries))
                               : last);
  if (std::optional<ArrayRef<int64_t>> window = op.getWindow()) {
    if (int64_t left = (*window)[0]; left >= 0)
      range.begin = atLeast(b, range.begin, b.sub(first, b.index(left)));
    if (int64_t right = (*window)[1]; right >= 0)
      limitEnd(b.add(last, b.index(right)));
  }
  if (std::optional<int64_t> block = op.getBlock()) {
    Value size = b.index(*block);
    auto beginOf = [&](Value query) {
      return b.mul(arith::DivUIOp::create(b, query, size), size);
    };
    range.begin = atLeast(b, range.begin, beginOf(first));
    range.end = atMost(b, range.end, b.add(beginOf(last), size));
  }
  range.begin = atMost(b, range.begin, numKeys);
  range.end = atLeast(b, range.end, range.begin);
  return range;
}

AttentionKernel::Range AttentionKernel::buildRange(VectorBuilder &b,
                                                   const Task &task) {
  Range range = {b.index(0), numKeys};
  if (fillKind == FillKind::Near)
    return range;
  if (group)
    range = {loadIndex(b, groupBegins, {task.batch, task.places.front()}),
             loadIndex(b, groupEnds, {task.batch, task.places.back()})};
  else
    range = buildPositions(b, task);
  if (padding)
    for (Value *limit : {&range.begin, &range.end})
      *limit = loadIndex(b, realBefore, {task.batch, *limit});
  // Keys are packed in panels, and visited panel by panel.
  Value width = b.index(getPanelWidth(b));
  range.begin = b.mul(arith::DivUIOp::create(b, range.begin, width), width);
  return range;
}
