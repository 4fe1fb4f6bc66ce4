//===- Elementwise.cpp - Operators that work on one element at a time -----===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operator is a row of kOperators or of the activations: its name and a
// function that makes one element of the result from one element of each
// operand. Broadcasting, types of few bits and tensors that are a handful of
// scalars are common to all.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

using namespace mlir;
using namespace sopt;

//===----------------------------------------------------------------------===//
// Operators that are one operation of another dialect
//===----------------------------------------------------------------------===//

namespace {
/// Stands for the operation of an element type that an operator does not take.
struct None {};
} // namespace

template <typename OpT> static Value makeOp(const Scalar &s, ValueRange x) {
  if constexpr (std::is_same_v<OpT, None>)
    return nullptr;
  else
    return s.e.make<OpT>(x);
}

/// One of three operations, by the element type.
template <typename FloatOp, typename SignedOp = None,
          typename UnsignedOp = SignedOp>
static Value byType(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return makeOp<FloatOp>(s, x);
  return s.isUnsigned ? makeOp<UnsignedOp>(s, x) : makeOp<SignedOp>(s, x);
}

/// The operation applied from left to right, to one operand or more.
template <typename FloatOp, typename SignedOp, typename UnsignedOp = SignedOp>
static Value fold(const Scalar &s, ValueRange x) {
  Value result = x[0];
  for (Value next : x.drop_front())
    result = byType<FloatOp, SignedOp, UnsignedOp>(s, {result, next});
  return result;
}

template <arith::CmpFPredicate floatPredicate,
          arith::CmpIPredicate signedPredicate,
          arith::CmpIPredicate unsignedPredicate>
static Value compare(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return s.e.make<arith::CmpFOp>(floatPredicate, x[0], x[1]);
  return s.e.compare(s.isUnsigned ? unsignedPredicate : signedPredicate, x[0],
                     x[1]);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// Quotient or remainder towards zero of integers, without the traps of the
/// machine: x / 0 is x, and the least integer over −1 is itself.
template <typename SignedOp, typename UnsignedOp>
static Value divideSafely(const Scalar &s, Value a, Value b) {
  Emitter &e = s.e;
  Type type = a.getType();
  Value one = e.constantInt(type, 1);
  Value isZero = e.equal(b, e.constantInt(type, 0));
  if (s.isUnsigned)
    return e.make<UnsignedOp>(a, e.select(isZero, one, b));
  Value isMinusOne = e.equal(b, e.constantInt(type, -1));
  Value divisor = e.select(e.either(isZero, isMinusOne), one, b);
  Value result = e.make<SignedOp>(a, divisor);
  // a / 1 is a and a % 1 is 0, so negating suits both.
  return e.select(isMinusOne, e.sub(e.constantInt(type, 0), result), result);
}

static Value div(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return s.divf(x[0], x[1]);
  return divideSafely<arith::DivSIOp, arith::DivUIOp>(s, x[0], x[1]);
}

static Value mod(const Scalar &s, ValueRange x) {
  Emitter &e = s.e;
  bool likeC = cast<onnx::ModOp>(s.op).getFmod();
  if (isFloat(x[0])) {
    Value remainder = e.make<arith::RemFOp>(x[0], x[1]);
    if (likeC)
      return remainder;
    Value zero = s.num(x[0].getType(), 0);
    auto isNegative = [&](Value v) {
      return e.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, v, zero);
    };
    Value isNotZero =
        e.make<arith::CmpFOp>(arith::CmpFPredicate::UNE, remainder, zero);
    Value differs =
        e.make<arith::XOrIOp>(isNegative(remainder), isNegative(x[1]));
    return e.select(e.both(isNotZero, differs), s.addf(remainder, x[1]),
                    remainder);
  }
  Value remainder = divideSafely<arith::RemSIOp, arith::RemUIOp>(s, x[0], x[1]);
  if (likeC || s.isUnsigned)
    return remainder;
  Value zero = e.constantInt(x[0].getType(), 0);
  Value isNotZero = e.compare(arith::CmpIPredicate::ne, remainder, zero);
  Value differs =
      e.make<arith::XOrIOp>(e.less(remainder, zero), e.less(x[1], zero));
  return e.select(e.both(isNotZero, differs), e.add(remainder, x[1]),
                  remainder);
}

static Value pow(const Scalar &s, ValueRange x) {
  Emitter &e = s.e;
  bool isExponentUnsigned = isUnsigned(s.op->getOperand(1).getType());
  // Small constant powers are products: exact, and they vectorise.
  DenseElementsAttr exponent;
  if (auto constant = s.op->getOperand(1).getDefiningOp<onnx::ConstantOp>())
    exponent = dyn_cast<DenseElementsAttr>(constant.getValueAttr());
  if (exponent && exponent.isSplat() && isFloat(x[0])) {
    double value = isa<FloatType>(exponent.getElementType())
                       ? exponent.getSplatValue<APFloat>().convertToDouble()
                       : exponent.getSplatValue<APInt>().roundToDouble(
                             !isExponentUnsigned);
    if (value == 1)
      return x[0];
    if (value == 2)
      return s.mulf(x[0], x[0]);
    if (value == 3)
      return s.mulf(s.mulf(x[0], x[0]), x[0]);
  }
  Type wide = isFloat(x[0]) ? x[0].getType() : Type(e.getF64Type());
  Value base = e.convert(x[0], wide, s.isUnsigned, false);
  Value power = e.convert(x[1], wide, isExponentUnsigned, false);
  return e.convert(e.make<math::PowFOp>(base, power), x[0].getType(), false,
                   s.isUnsigned);
}

static Value abs(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return s.e.make<math::AbsFOp>(x[0]);
  return s.isUnsigned ? x[0] : s.e.make<math::AbsIOp>(x[0]);
}

static Value neg(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return s.e.make<arith::NegFOp>(x[0]);
  return s.e.sub(s.e.constantInt(x[0].getType(), 0), x[0]);
}

static Value sign(const Scalar &s, ValueRange x) {
  Emitter &e = s.e;
  Type type = x[0].getType();
  Value zero = s.num(type, 0), one = s.num(type, 1);
  if (isFloat(x[0]))
    return e.select(s.greater(x[0], 0), one,
                    e.select(s.less(x[0], 0), s.num(type, -1), zero));
  if (s.isUnsigned)
    return e.select(e.equal(x[0], zero), zero, one);
  return e.select(e.less(zero, x[0]), one,
                  e.select(e.less(x[0], zero), s.num(type, -1), zero));
}

static Value reciprocal(const Scalar &s, ValueRange x) {
  return s.divf(s.num(x[0].getType(), 1), x[0]);
}

static Value mean(const Scalar &s, ValueRange x) {
  return s.divf(fold<arith::AddFOp, arith::AddIOp>(s, x),
                s.num(x[0].getType(), x.size()));
}

//===----------------------------------------------------------------------===//
// Bits, conditions and limits
//===----------------------------------------------------------------------===//

static Value bitwiseNot(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return nullptr;
  return s.e.make<arith::XOrIOp>(x[0], s.e.constantInt(x[0].getType(), -1));
}

/// Shifting by the width or more leaves nothing but the sign.
static Value bitShift(const Scalar &s, ValueRange x) {
  if (isFloat(x[0]))
    return nullptr;
  Emitter &e = s.e;
  Type type = x[0].getType();
  Value last = e.constantInt(type, type.getIntOrFloatBitWidth() - 1);
  Value fits = e.compare(arith::CmpIPredicate::ule, x[1], last);
  Value amount = e.select(fits, x[1], last);
  bool isLeft = cast<onnx::BitShiftOp>(s.op).getDirection() == "LEFT";
  if (!isLeft && !s.isUnsigned)
    return e.make<arith::ShRSIOp>(x[0], amount);
  Value shifted = isLeft ? e.make<arith::ShLIOp>(x[0], amount)
                         : e.make<arith::ShRUIOp>(x[0], amount);
  return e.select(fits, shifted, e.constantInt(type, 0));
}

/// The same bits as another type of their width.
static Value bitCast(const Scalar &s, ValueRange x) {
  if (x[0].getType() == s.resultType)
    return x[0];
  // A boolean lies in a byte.
  auto getWidth = [](Type type) {
    return type.isInteger(1) ? 8 : type.getIntOrFloatBitWidth();
  };
  if (getWidth(x[0].getType()) != getWidth(s.resultType))
    return nullptr;
  if (x[0].getType().isInteger(1) || s.resultType.isInteger(1))
    return s.e.convert(x[0], s.resultType, /*fromUnsigned=*/true, true);
  return s.e.make<arith::BitcastOp>(s.resultType, x[0]);
}

static Value isNaN(const Scalar &s, ValueRange x) {
  return s.e.make<arith::CmpFOp>(arith::CmpFPredicate::UNO, x[0], x[0]);
}

static Value isInf(const Scalar &s, ValueRange x) {
  auto op = cast<onnx::IsInfOp>(s.op);
  auto isEqualTo = [&](double infinity) {
    return s.e.make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, x[0],
                                   s.num(x[0].getType(), infinity));
  };
  Value result = s.e.constantInt(s.e.getI1Type(), 0);
  if (op.getDetectPositive())
    result = s.e.either(result, isEqualTo(HUGE_VAL));
  if (op.getDetectNegative())
    result = s.e.either(result, isEqualTo(-HUGE_VAL));
  return result;
}

static Value where(const Scalar &s, ValueRange x) {
  return s.e.select(x[0], x[1], x[2]);
}

static Value clip(const Scalar &s, ValueRange x) {
  auto op = cast<onnx::ClipOp>(s.op);
  Value result = x[0];
  if (op.getMin())
    result = byType<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(
        s, {result, x[1]});
  if (op.getMax())
    result = byType<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(
        s, {result, x.back()});
  return result;
}

/// Cast, and CastLike, whose second operand only gives the type.
static Value castTo(const Scalar &s, ValueRange x) {
  return s.e.convert(x[0], s.resultType, s.isUnsigned, s.isResultUnsigned);
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

using FP = arith::CmpFPredicate;
using IP = arith::CmpIPredicate;

static const ElementwiseOperator kOperators[] = {
    {"onnx.Abs", abs},
    {"onnx.Acos", byType<math::AcosOp>},
    {"onnx.Acosh", byType<math::AcoshOp>},
    {"onnx.Add", byType<arith::AddFOp, arith::AddIOp>},
    {"onnx.And", byType<None, arith::AndIOp>},
    {"onnx.Asin", byType<math::AsinOp>},
    {"onnx.Asinh", byType<math::AsinhOp>},
    {"onnx.Atan", byType<math::AtanOp>},
    {"onnx.Atanh", byType<math::AtanhOp>},
    {"onnx.BitCast", bitCast},
    {"onnx.BitShift", bitShift},
    {"onnx.BitwiseAnd", byType<None, arith::AndIOp>},
    {"onnx.BitwiseNot", bitwiseNot},
    {"onnx.BitwiseOr", byType<None, arith::OrIOp>},
    {"onnx.BitwiseXor", byType<None, arith::XOrIOp>},
    {"onnx.Cast", castTo},
    {"onnx.CastLike", castTo},
    {"onnx.Ceil", byType<math::CeilOp>},
    {"onnx.Clip", clip},
    {"onnx.Cos", byType<math::CosOp>},
    {"onnx.Cosh", byType<math::CoshOp>},
    {"onnx.Div", div},
    {"onnx.Equal", compare<FP::OEQ, IP::eq, IP::eq>},
    {"onnx.Erf", byType<math::ErfOp>},
    {"onnx.Exp", byType<math::ExpOp>},
    {"onnx.Floor", byType<math::FloorOp>},
    {"onnx.Greater", compare<FP::OGT, IP::sgt, IP::ugt>},
    {"onnx.GreaterOrEqual", compare<FP::OGE, IP::sge, IP::uge>},
    {"onnx.IsInf", isInf, true},
    {"onnx.IsNaN", isNaN, true},
    {"onnx.Less", compare<FP::OLT, IP::slt, IP::ult>},
    {"onnx.LessOrEqual", compare<FP::OLE, IP::sle, IP::ule>},
    {"onnx.Log", byType<math::LogOp>},
    {"onnx.Max", fold<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>},
    {"onnx.Mean", mean, true},
    {"onnx.Min", fold<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>},
    {"onnx.Mod", mod},
    {"onnx.Mul", byType<arith::MulFOp, arith::MulIOp>},
    {"onnx.Neg", neg},
    {"onnx.Not", bitwiseNot},
    {"onnx.Or", byType<None, arith::OrIOp>},
    {"onnx.Pow", pow},
    {"onnx.Reciprocal", reciprocal, true},
    {"onnx.Round", byType<math::RoundEvenOp>},
    {"onnx.Sign", sign},
    {"onnx.Sin", byType<math::SinOp>},
    {"onnx.Sinh", byType<math::SinhOp>},
    {"onnx.Sqrt", byType<math::SqrtOp>},
    {"onnx.Sub", byType<arith::SubFOp, arith::SubIOp>},
    {"onnx.Sum", fold<arith::AddFOp, arith::AddIOp>},
    {"onnx.Tan", byType<math::TanOp>},
    {"onnx.Tanh", byType<math::TanhOp>},
    {"onnx.Where", where},
    {"onnx.Xor", byType<None, arith::XOrIOp>},
};

//===----------------------------------------------------------------------===//
// What is common to all
//===----------------------------------------------------------------------===//

/// Half floats are computed as f32: correctly rounded, and as other runtimes.
static Value widen(Emitter &e, Value x) {
  bool isSmall = isFloat(x) && x.getType().getIntOrFloatBitWidth() < 32;
  return isSmall ? e.changePrecision(x, e.getF32Type()) : x;
}

/// One element of the result of `op`, null if its types are not supported.
static Value makeElement(const ElementwiseOperator &entry, Operation *op,
                         ValueRange operands, Type resultType, Emitter &e) {
  Type result = op->getResult(0).getType();
  bool isCast = isa<onnx::BitCastOp, onnx::CastOp, onnx::CastLikeOp>(op);
  Scalar s{e, op, isUnsigned(op->getOperand(0).getType()), isUnsigned(result),
           resultType};
  if (isCast)
    return entry.body(s, operands);
  SmallVector<Value> x = llvm::map_to_vector(
      operands, [&](Value operand) { return widen(e, operand); });
  Value value = entry.body(s, x);
  if (value && isFloat(value) && isa<FloatType>(resultType))
    return e.changePrecision(value, resultType);
  return value;
}

/// Whether the operands whose elements meet in one operation are of one type,
/// and of floats where the body needs them.
static bool haveFittingTypes(const ElementwiseOperator &entry, Operation *op,
                             ValueRange operands) {
  if (entry.isForFloats && !isa<FloatType>(getElementType(operands[0])))
    return false;
  if (isa<onnx::PowOp>(op))
    return true;
  if (isa<onnx::WhereOp>(op)) {
    if (!getElementType(operands[0]).isInteger(1))
      return false;
    operands = operands.drop_front();
  }
  return llvm::all_of(operands, [&](Value operand) {
    return getElementType(operand) == getElementType(operands[0]);
  });
}

static Lowered lowerElementwise(const ElementwiseOperator &entry, Operation *op,
                                ValueRange operands, Emitter &e) {
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  if (type.isUnsignedInteger())
    type = e.getIntegerType(type.getIntOrFloatBitWidth());
  if (isa<onnx::CastLikeOp>(op))
    operands = operands.take_front();

  if (!haveFittingTypes(entry, op, operands))
    return e.refuse("it has no meaning for these element types");

  bool isSupported = true;
  auto body = [&](ValueRange x) -> Value {
    Value result = makeElement(entry, op, x, type, e);
    isSupported = result && result.getType() == type;
    return isSupported ? result : e.constant(type, 0);
  };
  auto finish = [&](Value result) -> Lowered {
    if (!isSupported)
      return e.refuse("it has no meaning for these element types");
    return result;
  };

  // A shape, or what is computed from one.
  if (llvm::all_of(operands, [&](Value v) { return e.isScalars(v); })) {
    FailureOr<SmallVector<Value>> sizes = e.broadcastSizes(
        llvm::map_to_vector(operands, [&](Value v) { return e.sizes(v); }));
    if (failed(sizes))
      return e.refuse("the shapes of its operands do not broadcast");
    SmallVector<int64_t> shape(e.typeOf(*sizes, type).getShape());
    bool isSimple = llvm::all_of(operands, [&](Value v) {
      return getTensorType(v).getNumElements() == 1 ||
             getTensorType(v).getShape() == ArrayRef<int64_t>(shape);
    });
    if (isSimple) {
      SmallVector<Value> elements;
      for (int64_t i = 0, n = ShapedType::getNumElements(shape); i < n; ++i)
        elements.push_back(body(llvm::map_to_vector(operands, [&](Value v) {
          return e.scalar(v, getTensorType(v).getNumElements() == 1 ? 0 : i);
        })));
      return finish(e.fromScalars(elements, shape, type));
    }
  }
  FailureOr<Value> result = e.elementwise(operands, type, body);
  if (failed(result))
    return e.refuse("the shapes of its operands do not broadcast");
  return finish(*result);
}

void sopt::populateElementwiseLowerings(LoweringSet &set) {
  for (ArrayRef<ElementwiseOperator> table :
       {ArrayRef(kOperators), getActivations()})
    for (const ElementwiseOperator &entry : table)
      set.patterns.add<NamedPattern<ElementwiseOperator>>(
          set, entry.name, entry, lowerElementwise);
}
