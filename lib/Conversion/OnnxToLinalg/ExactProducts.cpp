//===- ExactProducts.cpp - Products of small integers as floats -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExactProducts.h"
#include "Lowering.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

/// The greatest whole number up to which f32 has all.
static constexpr int64_t kLargestExact = int64_t(1) << 24;
/// The greatest distance of two numbers of 8 bits.
static constexpr int64_t kLargestFactor = 255;

/// The elements of a constant of 8 bits, or of nothing else.
static std::optional<onnx::ConstantData> getByteData(Value tensor) {
  ElementsAttr value;
  if (!matchPattern(tensor, m_Constant(&value)) ||
      !value.getElementType().isInteger(8))
    return std::nullopt;
  return onnx::ConstantData::get(value);
}

static int64_t getNumber(const onnx::ConstantData &data, int64_t index,
                         bool isUnsigned) {
  int64_t number = data.getInt(index);
  return isUnsigned ? uint8_t(number) : int8_t(number);
}

std::optional<WholeWeights> WholeWeights::get(Value tensor, Value zero,
                                              bool isUnsigned, int64_t axis) {
  std::optional<onnx::ConstantData> data = getByteData(tensor), zeros;
  if (!data)
    return std::nullopt;
  WholeWeights weights;
  weights.shape = llvm::to_vector(data->getShape());
  axis = normalizeAxis(axis, weights.shape.size());
  if (zero) {
    zeros = getByteData(zero);
    if (!zeros || axis < 0 || axis >= int64_t(weights.shape.size()) ||
        (zeros->getNumElements() != 1 &&
         zeros->getNumElements() != weights.shape[axis]))
      return std::nullopt;
  }
  int64_t count = data->getNumElements();
  int64_t inner =
      zero ? computeProduct(ArrayRef(weights.shape).drop_front(axis + 1)) : 1;
  weights.elements.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    int64_t number = getNumber(*data, i, isUnsigned);
    if (zeros && zeros->getNumElements() == 1)
      number -= getNumber(*zeros, 0, isUnsigned);
    else if (zeros)
      number -= getNumber(*zeros, i / inner % weights.shape[axis], isUnsigned);
    weights.elements.push_back(int16_t(number));
  }
  return weights;
}

WholeWeights WholeWeights::part(int64_t which) const {
  WholeWeights result;
  result.shape = llvm::to_vector(ArrayRef(shape).drop_front());
  int64_t count = computeProduct(result.shape);
  auto begin = elements.begin() + which * count;
  result.elements.assign(begin, begin + count);
  return result;
}

SmallVector<WholeWeights::Range>
WholeWeights::getExactRanges(int64_t outputs, int64_t terms) const {
  SmallVector<int64_t> strides = computeStrides(shape);
  int64_t numTerms = shape[terms], numOutputs = shape[outputs];
  // What the elements of one term add up to for each output.
  std::vector<int64_t> sizes(numTerms * numOutputs);
  for (auto [i, element] : llvm::enumerate(elements)) {
    int64_t term = int64_t(i) / strides[terms] % numTerms;
    int64_t output = int64_t(i) / strides[outputs] % numOutputs;
    sizes[term * numOutputs + output] += std::abs(element);
  }
  SmallVector<Range> ranges;
  std::vector<int64_t> sums(numOutputs, 0);
  int64_t first = 0;
  for (int64_t term = 0; term < numTerms; ++term) {
    auto own = ArrayRef(sizes).slice(term * numOutputs, numOutputs);
    auto isTooMuch = [](int64_t sum) {
      return sum * kLargestFactor > kLargestExact;
    };
    if (llvm::any_of(own, isTooMuch))
      return {};
    for (auto [sum, size] : llvm::zip_equal(sums, own))
      sum += size;
    if (!llvm::any_of(sums, isTooMuch))
      continue;
    ranges.push_back({first, term - first});
    first = term;
    llvm::copy(own, sums.begin());
  }
  ranges.push_back({first, numTerms - first});
  return ranges;
}

Value WholeWeights::take(Emitter &e, int64_t dim, Range range) const {
  SmallVector<int64_t> taken(shape);
  taken[dim] = range.count;
  int64_t inner = computeProduct(ArrayRef(shape).drop_front(dim + 1));
  int64_t outer = computeProduct(ArrayRef(shape).take_front(dim));
  onnx::ConstantWriter writer(RankedTensorType::get(taken, e.getF32Type()));
  float *to = writer.getAs<float>().data();
  for (int64_t i = 0; i < outer; ++i) {
    auto rows = ArrayRef(elements).slice((i * shape[dim] + range.first) * inner,
                                         range.count * inner);
    to = llvm::copy(rows, to);
  }
  return arith::ConstantOp::create(e, cast<TypedAttr>(writer.finish("weight")));
}

FailureOr<Value> sopt::centreAsFloats(Emitter &e, Value tensor, Value zero,
                                      bool isUnsigned) {
  SmallVector<Value> terms = {tensor};
  if (zero)
    terms.push_back(zero);
  Type i32 = e.getI32Type(), f32 = e.getF32Type();
  return e.elementwise(terms, f32, [&](ValueRange args) {
    Value number = e.convert(args[0], i32, isUnsigned, false);
    if (zero)
      number = e.sub(number, e.convert(args[1], i32, isUnsigned, false));
    return e.convert(number, f32, false, false);
  });
}

Value sopt::sumAsIntegers(Emitter &e, ValueRange parts) {
  Type i32 = e.getI32Type();
  FailureOr<Value> sum = e.elementwise(parts, i32, [&](ValueRange args) {
    Value sum;
    for (Value part : args) {
      Value number = e.convert(part, i32, false, false);
      sum = sum ? e.add(sum, number) : number;
    }
    return sum;
  });
  assert(succeeded(sum) && "parts have one shape");
  return *sum;
}

Value sopt::multiplyExactly(Emitter &e, Value x, const WholeWeights &weights) {
  SmallVector<WholeWeights::Range> ranges =
      weights.getExactRanges(/*outputs=*/1, /*terms=*/0);
  if (ranges.empty())
    return nullptr;
  SmallVector<Value> sizes = e.sizes(x);
  sizes.back() = e.index(weights.getShape()[0]);
  x = e.fit(x, sizes);
  SmallVector<Value> parts;
  for (WholeWeights::Range range : ranges) {
    Value part = x;
    if (ranges.size() > 1) {
      SmallVector<Value> offsets(sizes.size(), e.index(0)), taken(sizes);
      offsets.back() = e.index(range.first);
      taken.back() = e.index(range.count);
      part = e.slice(x, offsets, taken);
    }
    FailureOr<Value> product =
        makeMatrixProduct(e, part, weights.take(e, /*dim=*/0, range));
    assert(succeeded(product) && "a matrix has no leading dimensions");
    parts.push_back(*product);
  }
  return sumAsIntegers(e, parts);
}
