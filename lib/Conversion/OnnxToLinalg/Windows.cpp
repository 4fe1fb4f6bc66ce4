//===- Windows.cpp - Windows that slide over spatial dimensions ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Windows.h"

using namespace mlir;
using namespace sopt;

/// `given`, or `count` times `fallback`; nothing unless all are positive.
static std::optional<SmallVector<int64_t>>
orDefault(std::optional<ArrayRef<int64_t>> given, size_t count,
          int64_t fallback) {
  SmallVector<int64_t> result(count, fallback);
  if (given)
    result.assign(given->begin(), given->end());
  if (result.size() != count ||
      llvm::any_of(result, [](int64_t value) { return value <= 0; }))
    return std::nullopt;
  return result;
}

/// Elements that a window spans along one dimension.
static int64_t getExtent(const Windows &windows, size_t dim) {
  return (windows.kernel[dim] - 1) * windows.dilations[dim] + 1;
}

/// Padding and positions along `dim` for auto_pad SAME_*: as many positions as
/// strides fit, the padding that this needs shared by both ends.
static void addSame(Emitter &e, Windows &windows, size_t dim, Value size,
                    bool isUpper) {
  Value stride = e.index(windows.strides[dim]);
  Value count = e.ceilDiv(size, stride);
  Value needed = e.add(e.mul(e.sub(count, e.index(1)), stride),
                       e.index(getExtent(windows, dim)));
  Value total = e.max(e.sub(needed, size), e.index(0));
  Value smaller = e.div(total, e.index(2));
  Value larger = e.sub(total, smaller);
  windows.low.push_back(isUpper ? smaller : larger);
  windows.high.push_back(isUpper ? larger : smaller);
  windows.counts.push_back(count);
}

/// Padding and positions along `dim` for given padding.
static void addExplicit(Emitter &e, Windows &windows, size_t dim, Value size,
                        int64_t low, int64_t high, bool ceilMode) {
  Value stride = e.index(windows.strides[dim]);
  Value padded = e.add(size, e.index(low + high));
  Value room = e.sub(padded, e.index(getExtent(windows, dim)));
  Value count;
  if (ceilMode) {
    count = e.add(e.ceilDiv(room, stride), e.index(1));
    // A window that would begin in the padding after the end is left out.
    Value lastStart = e.mul(e.sub(count, e.index(1)), stride);
    Value isOutside = e.compare(arith::CmpIPredicate::sge, lastStart,
                                e.add(size, e.index(low)));
    count = e.select(isOutside, e.sub(count, e.index(1)), count);
    // No room for one window: division rounds towards zero, so ask.
    count = e.select(e.less(room, e.index(0)), e.index(0), count);
  } else {
    // Without a choice, which bufferization would try both sides of, for each
    // of the convolutions that this one comes after.
    count = e.div(e.max(e.add(room, stride), e.index(0)), stride);
  }
  windows.low.push_back(e.index(low));
  windows.high.push_back(e.index(high));
  windows.counts.push_back(count);
}

FailureOr<Windows> sopt::getWindows(Emitter &e, ArrayRef<Value> sizes,
                                    ArrayRef<int64_t> kernel,
                                    const WindowAttributes &attributes) {
  if (sizes.size() < 3 || kernel.size() != sizes.size() - 2)
    return e.refuse("its kernel has not one size per spatial dimension");
  size_t spatial = kernel.size();
  std::optional<SmallVector<int64_t>> strides =
      orDefault(attributes.strides, spatial, 1);
  std::optional<SmallVector<int64_t>> dilations =
      orDefault(attributes.dilations, spatial, 1);
  if (!strides || !dilations ||
      llvm::any_of(kernel, [](int64_t size) { return size <= 0; }))
    return e.refuse("its kernel, strides or dilations are not positive");
  ArrayRef<int64_t> pads = attributes.pads.value_or(ArrayRef<int64_t>());
  if (!pads.empty() && (pads.size() != 2 * spatial ||
                        llvm::any_of(pads, [](int64_t p) { return p < 0; })))
    return e.refuse("its pads are negative or not two per spatial dimension");

  Windows windows;
  windows.kernel.assign(kernel.begin(), kernel.end());
  windows.strides = *strides;
  windows.dilations = *dilations;
  bool isSame = attributes.autoPad.starts_with("SAME");
  bool isValid = attributes.autoPad == "VALID" || pads.empty();
  for (size_t dim = 0; dim < spatial; ++dim) {
    Value size = sizes[dim + 2];
    if (isSame)
      addSame(e, windows, dim, size, attributes.autoPad == "SAME_UPPER");
    else
      addExplicit(e, windows, dim, size, isValid ? 0 : pads[dim],
                  isValid ? 0 : pads[dim + spatial], attributes.ceilMode);
  }
  return windows;
}

Value sopt::padForWindows(Emitter &e, Value x, const Windows &windows,
                          Value value) {
  SmallVector<Value> sizes = e.sizes(x), low(2, e.index(0)), high(low);
  bool isNeeded = false;
  for (size_t dim = 0; dim < windows.kernel.size(); ++dim) {
    Value before = windows.low[dim], after = windows.high[dim];
    Value reached = e.add(e.mul(e.sub(windows.counts[dim], e.index(1)),
                                e.index(windows.strides[dim])),
                          e.index(getExtent(windows, dim)));
    Value missing = e.sub(e.sub(reached, before), sizes[dim + 2]);
    // Elements after the last window need no padding, nor do they hurt.
    std::optional<int64_t> known = getConstantSize(missing);
    after =
        known ? e.index(std::max<int64_t>(*known, 0)) : e.max(after, missing);
    isNeeded |= getConstantSize(before) != 0 || getConstantSize(after) != 0;
    low.push_back(before);
    high.push_back(after);
  }
  return isNeeded ? e.pad(x, low, high, value) : x;
}
