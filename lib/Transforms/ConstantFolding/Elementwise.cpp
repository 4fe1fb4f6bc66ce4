//===- Elementwise.cpp - Arithmetic on constants, with broadcasting -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Folders.h"
#include "dialects/ONNX/IR/ElementCodec.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Traits.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using sopt::onnx::ConstantData;

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// For each dimension of `shape`, how far apart in `data` neighbours lie: 0
/// where `data` is broadcast.
static SmallVector<int64_t> getBroadcastStrides(const ConstantData &data,
                                                ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 0);
  if (data.isSplat())
    return strides;
  int64_t stride = 1;
  int64_t offset = shape.size() - data.getShape().size();
  for (int64_t i = data.getShape().size() - 1; i >= 0; --i) {
    if (data.getShape()[i] != 1)
      strides[offset + i] = stride;
    stride *= data.getShape()[i];
  }
  return strides;
}

/// Calls `visit(index, offsets)` for the first element of each row (the last
/// dimension) of a tensor of `shape`; offsets are those of the row's first
/// element in each operand.
static void
forEachRow(ArrayRef<int64_t> shape, ArrayRef<SmallVector<int64_t>> strides,
           function_ref<void(int64_t index, ArrayRef<int64_t> offsets)> visit) {
  int64_t rank = shape.size();
  int64_t rowSize = rank == 0 ? 1 : shape.back();
  int64_t rows = rank == 0 ? 1 : ShapedType::getNumElements(shape.drop_back());
  SmallVector<int64_t> position(rank, 0), offsets(strides.size(), 0);
  for (int64_t row = 0; row < rows; ++row) {
    visit(row * rowSize, offsets);
    for (int64_t d = rank - 2; d >= 0; --d) {
      for (auto [offset, stride] : llvm::zip(offsets, strides))
        offset += stride[d];
      if (++position[d] < shape[d])
        break;
      for (auto [offset, stride] : llvm::zip(offsets, strides))
        offset -= stride[d] * shape[d];
      position[d] = 0;
    }
  }
}

/// The shape of the result, none if the operands do not broadcast.
static std::optional<SmallVector<int64_t>>
getBroadcastShape(ArrayRef<ConstantData> operands) {
  SmallVector<int64_t> shape(operands[0].getShape());
  for (const ConstantData &operand : operands.drop_front()) {
    SmallVector<int64_t> wider;
    if (!OpTrait::util::getBroadcastedShape(shape, operand.getShape(), wider))
      return std::nullopt;
    shape = std::move(wider);
  }
  return shape;
}

/// Starts the result of an elementwise operation, calls
/// `compute(index, count, operand offsets, operand strides, target)` for each
/// row, and returns the result. `compute` returns false to leave the operation.
/// All operands being splats, one element is computed for all.
using ComputeRow =
    function_ref<bool(int64_t index, int64_t count, ArrayRef<int64_t> offsets,
                      ArrayRef<int64_t> strides, char *target)>;
static ElementsAttr foldRows(const FoldedOp &op, Type elementType,
                             ComputeRow compute) {
  ArrayRef<ConstantData> operands = op.getOperands();
  auto shape = getBroadcastShape(operands);
  if (!shape)
    return {};
  auto type = RankedTensorType::get(*shape, elementType);
  if (!op.mayHold(type))
    return {};
  bool allSplat = type.getNumElements() > 0 &&
                  llvm::all_of(operands, [](const ConstantData &operand) {
                    return operand.isSplat();
                  });
  auto writer = op.start(allSplat ? ArrayRef<int64_t>() : *shape, elementType);
  if (!writer)
    return {};

  SmallVector<SmallVector<int64_t>> strides;
  SmallVector<int64_t> rowStrides;
  if (allSplat)
    shape->clear();
  for (const ConstantData &operand : operands) {
    strides.push_back(allSplat ? SmallVector<int64_t>()
                               : getBroadcastStrides(operand, *shape));
    rowStrides.push_back(shape->empty() ? 0 : strides.back().back());
  }
  bool valid = true;
  int64_t count = shape->empty() ? 1 : shape->back();
  char *target = writer->getBytes().data();
  forEachRow(*shape, strides, [&](int64_t index, ArrayRef<int64_t> offsets) {
    valid = valid && compute(index, count, offsets, rowStrides, target);
  });
  if (!valid)
    return {};
  return allSplat ? onnx::makeSplat(type, writer->getBytes())
                  : op.finish(*writer);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

// An operator is a type whose `apply` returns nothing where the result is not
// defined, and the operation is left. Integers wrap, as in 64 bits they do.

namespace {
struct Add {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return T(uint64_t(a) + uint64_t(b));
    else
      return a + b;
  }
};

struct Sub {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return T(uint64_t(a) - uint64_t(b));
    else
      return a - b;
  }
};

struct Mul {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return T(uint64_t(a) * uint64_t(b));
    else
      return a * b;
  }
};

struct Div {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0)
        return std::nullopt;
      if constexpr (std::is_signed_v<T>)
        if (b == T(-1))
          return Sub::apply(T(0), a);
      return T(a / b);
    } else {
      return a / b;
    }
  }
};

/// The remainder with the dividend's sign: Mod with fmod, on integers.
struct Fmod {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0)
        return std::nullopt;
      if constexpr (std::is_signed_v<T>)
        if (b == T(-1))
          return T(0);
      return T(a % b);
    } else {
      return std::nullopt;
    }
  }
};

/// The remainder with the divisor's sign: Mod without fmod, on integers.
struct Mod {
  template <typename T> static std::optional<T> apply(T a, T b) {
    std::optional<T> remainder = Fmod::apply(a, b);
    if (remainder && *remainder != 0 && (*remainder < 0) != (b < 0))
      return T(*remainder + b);
    return remainder;
  }
};

struct Pow {
  template <typename T> static std::optional<T> apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::pow(a, b);
    else
      return std::nullopt;
  }
};
} // namespace

template <typename Operator>
static ElementsAttr foldBinary(const FoldedOp &op) {
  const ConstantData &a = op.getOperands()[0], &b = op.getOperands()[1];
  Type elementType = a.getElementType();
  if (b.getElementType() != elementType)
    return {};
  ElementsAttr result;
  onnx::visitArithmeticCodec(elementType, [&](auto codec) {
    using T = typename decltype(codec)::Value;
    if constexpr (!std::is_same_v<T, bool>)
      result = foldRows(
          op, elementType,
          [&](int64_t index, int64_t count, ArrayRef<int64_t> offsets,
              ArrayRef<int64_t> strides, char *target) {
            for (int64_t i = 0; i < count; ++i) {
              std::optional<T> value = Operator::apply(
                  codec.load(a.getBytes().data(), offsets[0] + i * strides[0]),
                  codec.load(b.getBytes().data(), offsets[1] + i * strides[1]));
              if (!value)
                return false;
              codec.store(target, index + i, *value);
            }
            return true;
          });
  });
  return result;
}

template <typename Predicate>
static ElementsAttr foldComparison(const FoldedOp &op) {
  const ConstantData &a = op.getOperands()[0], &b = op.getOperands()[1];
  if (b.getElementType() != a.getElementType())
    return {};
  ElementsAttr result;
  onnx::visitArithmeticCodec(a.getElementType(), [&](auto codec) {
    result = foldRows(
        op, IntegerType::get(op.getOperation()->getContext(), 1),
        [&](int64_t index, int64_t count, ArrayRef<int64_t> offsets,
            ArrayRef<int64_t> strides, char *target) {
          for (int64_t i = 0; i < count; ++i)
            target[index + i] = Predicate()(
                codec.load(a.getBytes().data(), offsets[0] + i * strides[0]),
                codec.load(b.getBytes().data(), offsets[1] + i * strides[1]));
          return true;
        });
  });
  return result;
}

template <typename Operator> static ElementsAttr foldUnary(const FoldedOp &op) {
  const ConstantData &x = op.getOperands()[0];
  ElementsAttr result;
  onnx::visitArithmeticCodec(x.getElementType(), [&](auto codec) {
    using T = typename decltype(codec)::Value;
    result =
        foldRows(op, x.getElementType(),
                 [&](int64_t index, int64_t count, ArrayRef<int64_t> offsets,
                     ArrayRef<int64_t> strides, char *target) {
                   for (int64_t i = 0; i < count; ++i) {
                     std::optional<T> value = Operator::apply(codec.load(
                         x.getBytes().data(), offsets[0] + i * strides[0]));
                     if (!value)
                       return false;
                     codec.store(target, index + i, *value);
                   }
                   return true;
                 });
  });
  return result;
}

namespace {
struct Neg {
  template <typename T> static std::optional<T> apply(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return -x;
    else if constexpr (std::is_signed_v<T>)
      return Sub::apply(T(0), x);
    else
      return std::nullopt;
  }
};

struct Sqrt {
  template <typename T> static std::optional<T> apply(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return std::sqrt(x);
    else
      return std::nullopt;
  }
};

struct Reciprocal {
  template <typename T> static std::optional<T> apply(T x) {
    if constexpr (std::is_floating_point_v<T>)
      return T(1) / x;
    else
      return std::nullopt;
  }
};

struct Not {
  template <typename T> static std::optional<T> apply(T x) {
    if constexpr (std::is_same_v<T, bool>)
      return !x;
    else
      return std::nullopt;
  }
};
} // namespace

/// Mod(a, b), by its attribute.
static ElementsAttr foldMod(const FoldedOp &op) {
  return cast<onnx::ModOp>(op.getOperation()).getFmod() ? foldBinary<Fmod>(op)
                                                        : foldBinary<Mod>(op);
}

/// Where(condition, x, y): moves elements of any type.
static ElementsAttr foldWhere(const FoldedOp &op) {
  const ConstantData &condition = op.getOperands()[0];
  const ConstantData &x = op.getOperands()[1], &y = op.getOperands()[2];
  if (x.getElementType() != y.getElementType() ||
      !condition.getElementType().isInteger(1))
    return {};
  size_t size = onnx::getElementBytes(x.getElementType());
  return foldRows(
      op, x.getElementType(),
      [&](int64_t index, int64_t count, ArrayRef<int64_t> offsets,
          ArrayRef<int64_t> strides, char *target) {
        for (int64_t i = 0; i < count; ++i) {
          bool chosen = condition.getBytes()[offsets[0] + i * strides[0]];
          unsigned from = chosen ? 1 : 2;
          const char *source = op.getOperands()[from].getBytes().data();
          std::memcpy(target + (index + i) * size,
                      source + (offsets[from] + i * strides[from]) * size,
                      size);
        }
        return true;
      });
}

void sopt::addElementwiseFolders(FolderMap &folders) {
  folders[onnx::AddOp::getOperationName()] = foldBinary<Add>;
  folders[onnx::SubOp::getOperationName()] = foldBinary<Sub>;
  folders[onnx::MulOp::getOperationName()] = foldBinary<Mul>;
  folders[onnx::DivOp::getOperationName()] = foldBinary<Div>;
  folders[onnx::ModOp::getOperationName()] = foldMod;
  folders[onnx::PowOp::getOperationName()] = foldBinary<Pow>;
  folders[onnx::EqualOp::getOperationName()] = foldComparison<std::equal_to<>>;
  folders[onnx::LessOp::getOperationName()] = foldComparison<std::less<>>;
  folders[onnx::GreaterOp::getOperationName()] = foldComparison<std::greater<>>;
  folders[onnx::LessOrEqualOp::getOperationName()] =
      foldComparison<std::less_equal<>>;
  folders[onnx::GreaterOrEqualOp::getOperationName()] =
      foldComparison<std::greater_equal<>>;
  folders[onnx::NegOp::getOperationName()] = foldUnary<Neg>;
  folders[onnx::NotOp::getOperationName()] = foldUnary<Not>;
  folders[onnx::SqrtOp::getOperationName()] = foldUnary<Sqrt>;
  folders[onnx::ReciprocalOp::getOperationName()] = foldUnary<Reciprocal>;
  folders[onnx::WhereOp::getOperationName()] = foldWhere;
}
