//===- ConstantTensors.cpp - Weights in another shape or order ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream folds no tensor that is held as a resource. What happens to weights
// must happen at compile time all the same: a kernel packs constants only.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

/// The elements of `tensor` if they are constant and at hand.
static std::optional<onnx::ConstantData> getData(Value tensor) {
  ElementsAttr value;
  if (!matchPattern(tensor, m_Constant(&value)))
    return std::nullopt;
  std::optional<onnx::ConstantData> data = onnx::ConstantData::get(value);
  // A writer takes whole bytes.
  if (data && data->getElementType().getIntOrFloatBitWidth() < 8 &&
      !data->getElementType().isInteger(1))
    return std::nullopt;
  return data;
}

/// A constant of `type` whose element `i` is element `from(i)` of `data`.
static Value rearrange(Emitter &e, const onnx::ConstantData &data,
                       ArrayRef<int64_t> shape,
                       function_ref<int64_t(int64_t)> from) {
  auto type = RankedTensorType::get(shape, data.getElementType());
  int64_t width = onnx::getElementBytes(data.getElementType());
  onnx::ConstantWriter writer(type);
  char *to = writer.getBytes().data();
  const char *source = data.getBytes().data();
  for (int64_t i = 0, end = type.getNumElements(); i < end; ++i, to += width)
    memcpy(to, source + (data.isSplat() ? 0 : from(i) * width), width);
  return arith::ConstantOp::create(e, writer.finish("weight"));
}

Value Emitter::transposeConstant(Value tensor, ArrayRef<int64_t> perm) {
  std::optional<onnx::ConstantData> data = getData(tensor);
  if (!data)
    return nullptr;
  SmallVector<int64_t> shape = llvm::to_vector(data->getShape());
  SmallVector<int64_t> steps = computeStrides(shape);
  applyPermutationToVector(shape, perm);
  applyPermutationToVector(steps, perm);
  SmallVector<int64_t> strides = computeStrides(shape);
  return rearrange(*this, *data, shape, [&](int64_t i) {
    int64_t source = 0;
    for (auto [stride, step] : llvm::zip_equal(strides, steps)) {
      source += i / stride * step;
      i %= stride;
    }
    return source;
  });
}

Value Emitter::reshapeConstant(Value tensor, ArrayRef<int64_t> shape) {
  ElementsAttr value;
  if (!matchPattern(tensor, m_Constant(&value)) || !getData(tensor))
    return nullptr;
  return arith::ConstantOp::create(*this, onnx::reshapeConstant(value, shape));
}

Value Emitter::part(Value stack, int64_t which) {
  SmallVector<Value> inner = llvm::to_vector(llvm::drop_begin(sizes(stack)));
  if (std::optional<onnx::ConstantData> data = getData(stack)) {
    ArrayRef<int64_t> shape = data->getShape().drop_front();
    int64_t count = computeProduct(shape);
    return rearrange(*this, *data, shape,
                     [&](int64_t i) { return which * count + i; });
  }
  SmallVector<Value> offsets(inner.size() + 1, index(0)), taken(inner);
  offsets.front() = index(which);
  taken.insert(taken.begin(), index(1));
  return reshape(slice(stack, offsets, taken), inner);
}
