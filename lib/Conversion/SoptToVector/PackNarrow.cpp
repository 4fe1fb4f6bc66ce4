//===- PackNarrow.cpp - Constant weights in fewer bits --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackNarrow.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sopt;

namespace {
/// Where the elements of a K × N weight go.
struct Panels {
  int64_t k, n, width, group, wordUnit;

  int64_t getCount() const { return llvm::divideCeilSigned(n, width); }
  int64_t getDepth() const {
    return llvm::alignTo(llvm::divideCeilSigned(k, group), wordUnit);
  }
  int64_t getPlace(int64_t row, int64_t column) const {
    int64_t word = column / width * getDepth() + row / group;
    return (word * width + column % width) * group + row % group;
  }
};
} // namespace

template <typename T, typename Source>
static void copyToPanels(ArrayRef<Source> source, MutableArrayRef<char> bytes,
                         const Panels &panels,
                         function_ref<T(Source)> convert) {
  auto *packed = reinterpret_cast<T *>(bytes.data());
  for (int64_t row = 0; row < panels.k; ++row)
    for (int64_t column = 0; column < panels.n; ++column)
      packed[panels.getPlace(row, column)] =
          convert(source[row * panels.n + column]);
}

template <typename T>
static void copyRow(ArrayRef<T> source, MutableArrayRef<char> bytes) {
  llvm::copy(source, reinterpret_cast<T *>(bytes.data()));
}

const Int8Matrix &RoundedWeight::get(ArrayRef<float> source) {
  if (rounded)
    return *rounded;
  SmallVector<float> factors = precision.getFactors();
  std::vector<float> smooth(source);
  if (!factors.empty())
    for (auto [at, w] : llvm::enumerate(smooth))
      w /= factors[at / n];
  rounded = roundToInt8(smooth, n);
  return *rounded;
}

static Int8Columns packColumns(ImplicitLocOpBuilder &b, WeightPacker &packer,
                               Value weight, const Panels &panels,
                               RoundedWeight &rounded) {
  PrecisionAttr precision = rounded.getPrecision();
  SmallVector<int64_t> shape = {panels.getCount(), panels.width};
  Int8Columns columns;
  columns.steps = packer.packConstant(
      b, weight, RankedTensorType::get(shape, b.getF32Type()),
      [&](ArrayRef<float> source, MutableArrayRef<char> bytes) {
        copyRow<float>(rounded.get(source).steps, bytes);
      },
      precision);
  columns.sums = packer.packConstant(
      b, weight, RankedTensorType::get(shape, b.getI32Type()),
      [&](ArrayRef<float> source, MutableArrayRef<char> bytes) {
        std::vector<int32_t> sums(panels.n, 0);
        for (auto [at, w] : llvm::enumerate(rounded.get(source).integers))
          sums[at % panels.n] += w;
        copyRow<int32_t>(sums, bytes);
      },
      precision);
  return columns;
}

Int8Columns sopt::packInt8Columns(ImplicitLocOpBuilder &b, WeightPacker &packer,
                                  Value weight, RoundedWeight &rounded,
                                  int64_t width) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(weight.getType()).getShape();
  Panels panels = {shape[0], shape[1], width, /*group=*/1, /*wordUnit=*/1};
  return packColumns(b, packer, weight, panels, rounded);
}

NarrowWeight sopt::packNarrow(ImplicitLocOpBuilder &b, WeightPacker &packer,
                              Value weight, const NarrowForm &form,
                              RoundedWeight &rounded, int64_t width) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(weight.getType()).getShape();
  Panels panels = {shape[0], shape[1], width, form.group, form.getWordUnit()};
  auto type = RankedTensorType::get(
      {panels.getCount(), panels.getDepth(), width * form.group},
      b.getIntegerType(form.getWeightBits()));
  NarrowWeight packed;
  if (form.number == Number::Bf16) {
    packed.panels = packer.packConstant(
        b, weight, type,
        [&](ArrayRef<float> source, MutableArrayRef<char> bytes) {
          copyToPanels<uint16_t, float>(source, bytes, panels, roundToBfloat16);
        });
    return packed;
  }
  packed.panels = packer.packConstant(
      b, weight, type,
      [&](ArrayRef<float> source, MutableArrayRef<char> bytes) {
        copyToPanels<int8_t, int8_t>(rounded.get(source).integers, bytes,
                                     panels, [](int8_t w) { return w; });
      },
      rounded.getPrecision());
  packed.columns = packColumns(b, packer, weight, panels, rounded);
  return packed;
}
