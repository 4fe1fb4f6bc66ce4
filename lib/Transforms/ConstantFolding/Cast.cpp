//===- Cast.cpp - Casts and dequantisation of constants -------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Folders.h"
#include "dialects/ONNX/IR/ElementCodec.h"
#include "dialects/ONNX/IR/ElementTypes.h"
#include "dialects/ONNX/IR/ONNX.h"

using namespace mlir;
using namespace sopt;
using sopt::onnx::ConstantData;

/// Elements are cast through a buffer of one wide type that holds any value of
/// the source, so that loops grow with the number of types, not its square.
constexpr int64_t chunkSize = 1024;

/// Whether `value` fits T after truncation; ONNX leaves other casts undefined.
template <typename T, typename Wide> static bool fits(Wide value) {
  if constexpr (std::is_same_v<Wide, double> && std::is_integral_v<T> &&
                !std::is_same_v<T, bool>) {
    // The bounds are powers of two, exact in double.
    double upper = std::ldexp(1.0, std::numeric_limits<T>::digits);
    double lower = std::is_signed_v<T> ? -upper : 0;
    double truncated = std::trunc(value);
    return truncated >= lower && truncated < upper;
  }
  return true;
}

/// Writes `values` from element `first` on. False if one does not fit.
template <typename Wide>
static bool storeChunk(ArrayRef<Wide> values, Type elementType, char *bytes,
                       int64_t first) {
  bool valid = true;
  onnx::visitArithmeticCodec(elementType, [&](auto codec) {
    using T = typename decltype(codec)::Value;
    for (int64_t i = 0, e = values.size(); i < e; ++i) {
      if (!fits<T>(values[i])) {
        valid = false;
        return;
      }
      if constexpr (std::is_same_v<T, bool>)
        codec.store(bytes, first + i, values[i] != 0);
      else
        codec.store(bytes, first + i, static_cast<T>(values[i]));
    }
  });
  return valid;
}

template <typename Wide>
static bool castElements(const ConstantData &from, Type elementType,
                         MutableArrayRef<char> to) {
  int64_t size =
      from.getBytes().size() / onnx::getElementBytes(from.getElementType());
  SmallVector<Wide, 0> buffer(std::min(size, chunkSize));
  for (int64_t first = 0; first < size; first += chunkSize) {
    int64_t count = std::min(chunkSize, size - first);
    onnx::visitLoadCodec(from.getElementType(), [&](auto codec) {
      for (int64_t i = 0; i < count; ++i)
        buffer[i] =
            static_cast<Wide>(codec.load(from.getBytes().data(), first + i));
    });
    if (!storeChunk(ArrayRef(buffer).take_front(count), elementType, to.data(),
                    first))
      return false;
  }
  return true;
}

/// Whether a codec can write elements of `type`.
static bool isWritable(Type type) {
  return type && onnx::visitArithmeticCodec(type, [](auto) {});
}

static ElementsAttr foldCastTo(const FoldedOp &op, const ConstantData &from,
                               Type elementType) {
  if (!isWritable(elementType) ||
      !onnx::visitLoadCodec(from.getElementType(), [](auto) {}))
    return {};
  SmallVector<int64_t> stored(from.getShape());
  if (from.isSplat())
    stored.clear();
  auto writer = op.start(stored, elementType);
  auto type = RankedTensorType::get(from.getShape(), elementType);
  if (!writer || !op.mayHold(type))
    return {};

  Type source = from.getElementType();
  bool valid =
      isa<FloatType>(source)
          ? castElements<double>(from, elementType, writer->getBytes())
      : source.isUnsignedInteger(64)
          ? castElements<uint64_t>(from, elementType, writer->getBytes())
          : castElements<int64_t>(from, elementType, writer->getBytes());
  if (!valid)
    return {};
  return from.isSplat() ? onnx::makeSplat(type, writer->getBytes())
                        : op.finish(*writer);
}

static ElementsAttr foldCast(const FoldedOp &op) {
  auto cast = mlir::cast<onnx::CastOp>(op.getOperation());
  return foldCastTo(op, op.getOperands()[0],
                    onnx::getElementType(cast.getContext(), cast.getTo()));
}

static ElementsAttr foldCastLike(const FoldedOp &op) {
  return foldCastTo(op, op.getOperands()[0],
                    op.getOperands()[1].getElementType());
}

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

namespace {
/// Which scale belongs to which element: the tensor is outer × axis × inner,
/// and scales are outer' × blocks × inner' where an axis without a prime has
/// one scale for all.
struct ScaleLayout {
  int64_t outer = 1, axis = 1, inner = 1;
  int64_t block = 1;
  int64_t outerStride = 0, blockStride = 0, innerStride = 0;
};
} // namespace

static std::optional<ScaleLayout> getScaleLayout(onnx::DequantizeLinearOp op,
                                                 const ConstantData &x,
                                                 const ConstantData &scale) {
  ScaleLayout layout;
  ArrayRef<int64_t> shape = x.getShape();
  if (scale.getNumElements() == 1 && op.getBlockSize() == 0) {
    layout.inner = x.getNumElements();
    return layout;
  }
  int64_t axis = op.getAxis();
  if (axis < 0)
    axis += shape.size();
  if (axis < 0 || axis >= int64_t(shape.size()))
    return std::nullopt;
  layout.outer = ShapedType::getNumElements(shape.take_front(axis));
  layout.axis = shape[axis];
  layout.inner = ShapedType::getNumElements(shape.drop_front(axis + 1));
  if (op.getBlockSize() == 0) {
    layout.blockStride = 1;
    return scale.getNumElements() == layout.axis ? std::optional(layout)
                                                 : std::nullopt;
  }
  layout.block = op.getBlockSize();
  if (layout.block < 0)
    return std::nullopt;
  int64_t blocks = llvm::divideCeil(layout.axis, layout.block);
  SmallVector<int64_t> scaleShape(shape);
  scaleShape[axis] = blocks;
  layout.innerStride = 1;
  layout.blockStride = layout.inner;
  layout.outerStride = blocks * layout.inner;
  return scale.getShape() == ArrayRef(scaleShape) ? std::optional(layout)
                                                  : std::nullopt;
}

/// All elements of a scale or zero point, which are small beside the weight.
static std::vector<float> getFloats(const ConstantData &data) {
  std::vector<float> values(data.getNumElements());
  for (auto [index, value] : llvm::enumerate(values))
    value = data.getDouble(index);
  return values;
}

/// (x − zero point) · scale, in float as onnxruntime computes it.
static ElementsAttr foldDequantizeLinear(const FoldedOp &op) {
  auto dequantize = cast<onnx::DequantizeLinearOp>(op.getOperation());
  const ConstantData &x = *op.get(dequantize.getX());
  const ConstantData &scale = *op.get(dequantize.getXScale());
  const ConstantData *zero = op.get(dequantize.getXZeroPoint());
  Type elementType = dequantize.getOutputDtype()
                         ? onnx::getElementType(op.getOperation()->getContext(),
                                                dequantize.getOutputDtype())
                         : scale.getElementType();
  std::optional<ScaleLayout> layout = getScaleLayout(dequantize, x, scale);
  if (!layout || !isa_and_nonnull<FloatType>(elementType) ||
      !isWritable(elementType) || x.isSplat() ||
      (zero && zero->getNumElements() != scale.getNumElements()))
    return {};
  auto writer = op.start(x.getShape(), elementType);
  if (!writer)
    return {};

  std::vector<float> scales = getFloats(scale);
  std::vector<float> zeros =
      zero ? getFloats(*zero) : std::vector<float>(scales.size());
  auto dequantizeAll = [&](auto from, auto to) {
    const char *source = x.getBytes().data();
    char *target = writer->getBytes().data();
    int64_t index = 0;
    for (int64_t o = 0; o < layout->outer; ++o)
      for (int64_t a = 0; a < layout->axis; ++a) {
        int64_t row =
            o * layout->outerStride + a / layout->block * layout->blockStride;
        for (int64_t i = 0; i < layout->inner; ++i, ++index) {
          int64_t s = row + i * layout->innerStride;
          float difference = double(from.load(source, index)) - zeros[s];
          to.store(target, index, difference * scales[s]);
        }
      }
  };
  bool known = onnx::visitLoadCodec(x.getElementType(), [&](auto from) {
    onnx::visitArithmeticCodec(elementType, [&](auto to) {
      if constexpr (std::is_floating_point_v<typename decltype(to)::Value>)
        dequantizeAll(from, to);
    });
  });
  return known ? op.finish(*writer) : ElementsAttr();
}

void sopt::addCastFolders(FolderMap &folders) {
  folders[onnx::CastOp::getOperationName()] = foldCast;
  folders[onnx::CastLikeOp::getOperationName()] = foldCastLike;
  folders[onnx::DequantizeLinearOp::getOperationName()] = foldDequantizeLinear;
}
