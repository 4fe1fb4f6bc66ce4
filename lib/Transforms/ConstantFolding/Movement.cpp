//===- Movement.cpp - Constants whose elements only move ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Folders.h"
#include "dialects/ONNX/IR/Axis.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace sopt;
using sopt::onnx::ConstantData;

static ElementsAttr getValue(Value constant) {
  return constant.getDefiningOp<onnx::ConstantOp>().getValueAttr();
}

//===----------------------------------------------------------------------===//
// Same elements, other shape
//===----------------------------------------------------------------------===//

static ElementsAttr foldIdentity(const FoldedOp &op) {
  return getValue(op.getOperation()->getOperand(0));
}

static ElementsAttr reshapeOperand(const FoldedOp &op,
                                   ArrayRef<int64_t> shape) {
  const ConstantData &data = op.getOperands()[0];
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }) ||
      onnx::getTensorBytes(data.getType()) !=
          onnx::getTensorBytes(data.getType().clone(shape)))
    return {};
  return onnx::reshapeConstant(getValue(op.getOperation()->getOperand(0)),
                               shape);
}

static ElementsAttr foldReshape(const FoldedOp &op) {
  auto reshape = cast<onnx::ReshapeOp>(op.getOperation());
  const ConstantData &data = op.getOperands()[0];
  SmallVector<int64_t> shape = op.getOperands()[1].getInts();
  int64_t *inferred = nullptr;
  int64_t known = 1;
  for (auto [index, size] : llvm::enumerate(shape)) {
    if (size == 0 && !reshape.getAllowzero()) {
      if (index >= data.getShape().size())
        return {};
      size = data.getShape()[index];
    }
    if (size == -1 && !inferred)
      inferred = &size;
    else if (llvm::MulOverflow(known, size, known))
      return {};
  }
  if (inferred) {
    if (known <= 0 || data.getNumElements() % known != 0)
      return {};
    *inferred = data.getNumElements() / known;
  }
  return reshapeOperand(op, shape);
}

static ElementsAttr foldSqueeze(const FoldedOp &op) {
  auto squeeze = cast<onnx::SqueezeOp>(op.getOperation());
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  llvm::SmallBitVector dropped(from.size());
  if (const ConstantData *axes = op.get(squeeze.getAxes())) {
    for (int64_t axis : axes->getInts()) {
      auto position = onnx::normalizeAxis(axis, from.size());
      if (!position || from[*position] != 1)
        return {};
      dropped.set(*position);
    }
  } else {
    for (auto [index, size] : llvm::enumerate(from))
      dropped[index] = size == 1;
  }
  SmallVector<int64_t> shape;
  for (auto [index, size] : llvm::enumerate(from))
    if (!dropped[index])
      shape.push_back(size);
  return reshapeOperand(op, shape);
}

static ElementsAttr foldUnsqueeze(const FoldedOp &op) {
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  SmallVector<int64_t> axes = op.getOperands()[1].getInts();
  int64_t rank = from.size() + axes.size();
  llvm::SmallBitVector added(rank);
  for (int64_t axis : axes) {
    auto position = onnx::normalizeAxis(axis, rank);
    if (!position || added[*position])
      return {};
    added.set(*position);
  }
  SmallVector<int64_t> shape;
  for (int64_t i = 0; i < rank; ++i) {
    shape.push_back(added[i] ? 1 : from.front());
    if (!added[i])
      from = from.drop_front();
  }
  return reshapeOperand(op, shape);
}

static ElementsAttr foldFlatten(const FoldedOp &op) {
  auto flatten = cast<onnx::FlattenOp>(op.getOperation());
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  int64_t rank = from.size();
  int64_t axis = flatten.getAxis();
  if (axis < -rank || axis > rank)
    return {};
  if (axis < 0)
    axis += rank;
  return reshapeOperand(op,
                        {ShapedType::getNumElements(from.take_front(axis)),
                         ShapedType::getNumElements(from.drop_front(axis))});
}

//===----------------------------------------------------------------------===//
// Strided views
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/// Copies one dimension and those inside it; elements are `size` bytes.
template <size_t size>
static void copyView(const char *from, char *&to, ArrayRef<int64_t> shape,
                     ArrayRef<int64_t> strides) {
  if (shape.empty()) {
    std::memcpy(to, from, size);
    to += size;
    return;
  }
  int64_t step = strides[0] * int64_t(size);
  if (shape.size() > 1) {
    for (int64_t i = 0; i < shape[0]; ++i)
      copyView<size>(from + i * step, to, shape.drop_front(),
                     strides.drop_front());
    return;
  }
  for (int64_t i = 0; i < shape[0]; ++i, to += size)
    std::memcpy(to, from + i * step, size);
}

/// The tensor of `shape` whose element at index i is the first operand's at
/// `offset + Σ i·strides`.
static ElementsAttr foldView(const FoldedOp &op, ArrayRef<int64_t> shape,
                             ArrayRef<int64_t> strides, int64_t offset) {
  const ConstantData &data = op.getOperands()[0];
  auto type = RankedTensorType::get(shape, data.getElementType());
  if (!op.mayHold(type))
    return {};
  if (data.isSplat() && type.getNumElements() > 0)
    return onnx::makeSplat(type, data.getBytes());
  auto writer = op.start(shape, data.getElementType());
  if (!writer)
    return {};
  int64_t size = onnx::getElementBytes(data.getElementType());
  const char *from = data.getBytes().data() + offset * size;
  char *to = writer->getBytes().data();
  if (type.getNumElements() == 0)
    return op.finish(*writer);
  switch (size) {
  case 1:
    copyView<1>(from, to, shape, strides);
    break;
  case 2:
    copyView<2>(from, to, shape, strides);
    break;
  case 4:
    copyView<4>(from, to, shape, strides);
    break;
  case 8:
    copyView<8>(from, to, shape, strides);
    break;
  case 16:
    copyView<16>(from, to, shape, strides);
    break;
  default:
    return {};
  }
  return op.finish(*writer);
}

static ElementsAttr foldTranspose(const FoldedOp &op) {
  auto transpose = cast<onnx::TransposeOp>(op.getOperation());
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  int64_t rank = from.size();
  SmallVector<int64_t> permutation;
  if (std::optional<ArrayRef<int64_t>> given = transpose.getPerm())
    permutation.assign(given->begin(), given->end());
  else
    permutation = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  if (int64_t(permutation.size()) != rank)
    return {};
  SmallVector<int64_t> strides = getRowMajorStrides(from), shape, permuted;
  for (int64_t axis : permutation) {
    auto position = onnx::normalizeAxis(axis, rank);
    if (!position)
      return {};
    shape.push_back(from[*position]);
    permuted.push_back(strides[*position]);
  }
  return foldView(op, shape, permuted, /*offset=*/0);
}

static ElementsAttr foldSlice(const FoldedOp &op) {
  auto slice = cast<onnx::SliceOp>(op.getOperation());
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  int64_t rank = from.size();
  SmallVector<int64_t> starts = op.get(slice.getStarts())->getInts();
  SmallVector<int64_t> ends = op.get(slice.getEnds())->getInts();
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(0, starts.size()));
  SmallVector<int64_t> steps(starts.size(), 1);
  if (const ConstantData *given = op.get(slice.getAxes()))
    axes = given->getInts();
  if (const ConstantData *given = op.get(slice.getSteps()))
    steps = given->getInts();
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size())
    return {};

  SmallVector<int64_t> shape(from), strides = getRowMajorStrides(from);
  int64_t offset = 0;
  for (auto [start, end, axis, step] : llvm::zip(starts, ends, axes, steps)) {
    auto position = onnx::normalizeAxis(axis, rank);
    // The most negative step has no opposite; no step so large is of use.
    if (!position || step == 0 || step < -INT32_MAX)
      return {};
    int64_t size = from[*position];
    auto clamp = [&](int64_t index, int64_t low, int64_t high) {
      return std::clamp(index < 0 ? index + size : index, low, high);
    };
    int64_t first = step > 0 ? clamp(start, 0, size)
                             : clamp(start, 0, std::max<int64_t>(size - 1, 0));
    int64_t last = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
    int64_t span = step > 0 ? last - first : first - last;
    int64_t count =
        size == 0 || span <= 0 ? 0 : llvm::divideCeil(span, std::abs(step));
    shape[*position] = count;
    if (count > 0)
      offset += first * strides[*position];
    strides[*position] *= count > 1 ? step : 1;
  }
  return foldView(op, shape, strides, offset);
}

static ElementsAttr foldExpand(const FoldedOp &op) {
  ArrayRef<int64_t> from = op.getOperands()[0].getShape();
  SmallVector<int64_t> shape = op.getOperands()[1].getInts();
  if (from.size() > shape.size())
    shape.insert(shape.begin(), from.size() - shape.size(), 1);
  SmallVector<int64_t> strides(shape.size(), 0);
  SmallVector<int64_t> own = getRowMajorStrides(from);
  int64_t added = shape.size() - from.size();
  for (auto [index, size] : llvm::enumerate(from)) {
    int64_t &target = shape[added + index];
    if (size == 1)
      continue;
    if (target != 1 && target != size)
      return {};
    target = size;
    strides[added + index] = own[index];
  }
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return {};
  return foldView(op, shape, strides, /*offset=*/0);
}

static ElementsAttr foldConstantOfShape(const FoldedOp &op) {
  auto fill = cast<onnx::ConstantOfShapeOp>(op.getOperation());
  SmallVector<int64_t> shape = op.getOperands()[0].getInts();
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return {};
  MLIRContext *context = fill.getContext();
  auto value =
      fill.getValueAttr()
          ? ConstantData::get(fill.getValueAttr())
          : ConstantData::get(DenseElementsAttr::get(
                RankedTensorType::get({1}, Float32Type::get(context)), 0.0f));
  if (!value || value->getNumElements() != 1)
    return {};
  auto type = RankedTensorType::get(shape, value->getElementType());
  return op.mayHold(type) ? onnx::makeSplat(type, value->getBytes())
                          : ElementsAttr();
}

//===----------------------------------------------------------------------===//
// Runs of elements
//===----------------------------------------------------------------------===//

/// Copies `count` elements from `first` on to `to`, and moves it past them.
static void copyRun(const ConstantData &data, int64_t first, int64_t count,
                    char *&to) {
  int64_t size = onnx::getElementBytes(data.getElementType());
  const char *from = data.getBytes().data();
  if (!data.isSplat()) {
    // Not memcpy, to which no bytes at no address are an error.
    to = std::copy_n(from + first * size, count * size, to);
    return;
  }
  for (int64_t i = 0; i < count; ++i, to += size)
    std::memcpy(to, from, size);
}

static ElementsAttr foldConcat(const FoldedOp &op) {
  auto concat = cast<onnx::ConcatOp>(op.getOperation());
  ArrayRef<ConstantData> operands = op.getOperands();
  if (operands.empty())
    return {};
  SmallVector<int64_t> shape(operands[0].getShape());
  auto axis = onnx::normalizeAxis(concat.getAxis(), shape.size());
  if (!axis)
    return {};
  shape[*axis] = 0;
  for (const ConstantData &operand : operands) {
    SmallVector<int64_t> rest(operand.getShape());
    if (rest.size() != shape.size() ||
        operand.getElementType() != operands[0].getElementType())
      return {};
    int64_t size = std::exchange(rest[*axis], shape[*axis]);
    if (rest != shape)
      return {};
    shape[*axis] += size;
  }
  auto writer = op.start(shape, operands[0].getElementType());
  if (!writer)
    return {};
  int64_t outer = ShapedType::getNumElements(ArrayRef(shape).take_front(*axis));
  char *to = writer->getBytes().data();
  for (int64_t i = 0; i < outer; ++i)
    for (const ConstantData &operand : operands) {
      int64_t run =
          ShapedType::getNumElements(operand.getShape().drop_front(*axis));
      copyRun(operand, i * run, run, to);
    }
  return op.finish(*writer);
}

static ElementsAttr foldGather(const FoldedOp &op) {
  auto gather = cast<onnx::GatherOp>(op.getOperation());
  const ConstantData &data = op.getOperands()[0];
  const ConstantData &indices = op.getOperands()[1];
  auto axis = onnx::normalizeAxis(gather.getAxis(), data.getShape().size());
  if (!axis)
    return {};
  int64_t size = data.getShape()[*axis];
  SmallVector<int64_t> positions = indices.getInts();
  for (int64_t &index : positions) {
    auto position = onnx::normalizeAxis(index, size);
    if (!position)
      return {};
    index = *position;
  }
  ArrayRef<int64_t> before = data.getShape().take_front(*axis);
  ArrayRef<int64_t> after = data.getShape().drop_front(*axis + 1);
  SmallVector<int64_t> shape(before);
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, after);
  auto writer = op.start(shape, data.getElementType());
  if (!writer)
    return {};
  int64_t outer = ShapedType::getNumElements(before);
  int64_t run = ShapedType::getNumElements(after);
  char *to = writer->getBytes().data();
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t index : positions)
      copyRun(data, (i * size + index) * run, run, to);
  return op.finish(*writer);
}

//===----------------------------------------------------------------------===//
// Shapes of operands
//===----------------------------------------------------------------------===//

static ElementsAttr getInt64s(MLIRContext *context, ArrayRef<int64_t> shape,
                              ArrayRef<int64_t> values) {
  return DenseElementsAttr::get(
      RankedTensorType::get(shape, IntegerType::get(context, 64)), values);
}

ElementsAttr sopt::foldShapeQuery(Operation *op) {
  MLIRContext *context = op->getContext();
  if (auto query = dyn_cast<onnx::SizeOp>(op)) {
    auto type = dyn_cast<RankedTensorType>(query.getData().getType());
    if (!type || !type.hasStaticShape() || !onnx::getTensorBytes(type))
      return {};
    return getInt64s(context, {}, {type.getNumElements()});
  }
  auto query = dyn_cast<onnx::ShapeOp>(op);
  auto type = query ? dyn_cast<RankedTensorType>(query.getData().getType())
                    : RankedTensorType();
  if (!type)
    return {};
  int64_t rank = type.getRank();
  auto clamp = [rank](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clamp(query.getStart());
  int64_t end = clamp(query.getEnd().value_or(rank));
  ArrayRef<int64_t> sizes =
      type.getShape().slice(start, std::max<int64_t>(end - start, 0));
  if (llvm::any_of(sizes, ShapedType::isDynamic))
    return {};
  return getInt64s(context, {int64_t(sizes.size())}, sizes);
}

void sopt::addMovementFolders(FolderMap &folders) {
  folders[onnx::IdentityOp::getOperationName()] = foldIdentity;
  folders[onnx::ReshapeOp::getOperationName()] = foldReshape;
  folders[onnx::SqueezeOp::getOperationName()] = foldSqueeze;
  folders[onnx::UnsqueezeOp::getOperationName()] = foldUnsqueeze;
  folders[onnx::FlattenOp::getOperationName()] = foldFlatten;
  folders[onnx::TransposeOp::getOperationName()] = foldTranspose;
  folders[onnx::SliceOp::getOperationName()] = foldSlice;
  folders[onnx::ExpandOp::getOperationName()] = foldExpand;
  folders[onnx::ConstantOfShapeOp::getOperationName()] = foldConstantOfShape;
  folders[onnx::ConcatOp::getOperationName()] = foldConcat;
  folders[onnx::GatherOp::getOperationName()] = foldGather;
}
