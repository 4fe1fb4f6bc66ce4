//===- Emitter.cpp - Scalars, sizes and plain tensors ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

/// Tensors of at most so many elements are computed as scalars where they can
/// be: shapes, and what is computed from them.
static constexpr int64_t kMaxScalars = 16;

bool sopt::isUnsigned(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isUnsignedInteger() || element.isInteger(1);
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Value Emitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}

Value Emitter::constant(Type type, double value) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    APFloat number(value);
    bool losesInfo;
    number.convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    return arith::ConstantOp::create(*this, FloatAttr::get(floatType, number));
  }
  return constantInt(type, int64_t(value));
}

Value Emitter::constantInt(Type type, int64_t value) {
  if (type.isIndex())
    return index(value);
  APInt number(64, uint64_t(value), /*isSigned=*/true);
  return arith::ConstantOp::create(
      *this,
      IntegerAttr::get(type, number.sextOrTrunc(type.getIntOrFloatBitWidth())));
}

Value Emitter::add(Value a, Value b) { return make<arith::AddIOp>(a, b); }
Value Emitter::sub(Value a, Value b) { return make<arith::SubIOp>(a, b); }
Value Emitter::mul(Value a, Value b) { return make<arith::MulIOp>(a, b); }
Value Emitter::div(Value a, Value b) { return make<arith::DivSIOp>(a, b); }

Value Emitter::min(Value a, Value b) {
  if (getConstantSize(a) == 0 && isKnownNonNegative(b))
    return a;
  return a == b ? a : make<arith::MinSIOp>(a, b);
}

Value Emitter::max(Value a, Value b) {
  if (getConstantSize(b) == 0 && isKnownNonNegative(a))
    return a;
  return a == b ? a : make<arith::MaxSIOp>(a, b);
}

Value Emitter::ceilDiv(Value a, Value b) {
  return getConstantSize(b) == 1 ? a : make<arith::CeilDivSIOp>(a, b);
}

Value Emitter::remainder(Value a, Value b) {
  Value result = make<arith::RemSIOp>(a, b);
  return wrapNegative(result, b);
}

Value Emitter::compare(arith::CmpIPredicate predicate, Value a, Value b) {
  return make<arith::CmpIOp>(predicate, a, b);
}

Value Emitter::select(Value condition, Value a, Value b) {
  return make<arith::SelectOp>(condition, a, b);
}

Value Emitter::both(Value a, Value b) { return make<arith::AndIOp>(a, b); }
Value Emitter::either(Value a, Value b) { return make<arith::OrIOp>(a, b); }

Value Emitter::negate(Value condition) {
  return make<arith::XOrIOp>(condition, constantInt(condition.getType(), 1));
}

Value Emitter::toIndex(Value integer, bool isUnsigned) {
  if (integer.getType().isIndex())
    return integer;
  // A size that became an element of a shape is that size again. Upstream does
  // this when it canonicalises, too late to compare sizes here.
  if (auto cast = integer.getDefiningOp<arith::IndexCastOp>())
    if (cast.getIn().getType().isIndex() && integer.getType().isInteger(64))
      return cast.getIn();
  if (!isUnsigned || integer.getType().isInteger(64))
    return make<arith::IndexCastOp>(getIndexType(), integer);
  return make<arith::IndexCastUIOp>(getIndexType(), integer);
}

Value Emitter::fromIndex(Value value, Type type) {
  if (value.getType() == type)
    return value;
  return make<arith::IndexCastOp>(type, value);
}

Value Emitter::wrapNegative(Value position, Value size) {
  return select(less(position, index(0)), add(position, size), position);
}

Value Emitter::product(ValueRange factors) {
  Value result = index(1);
  for (Value factor : factors)
    result = mul(result, factor);
  return result;
}

Value Emitter::convert(Value value, Type to, bool fromUnsigned,
                       bool toUnsigned) {
  Type from = value.getType();
  if (from == to)
    return value;
  if (isa<FloatType>(from) && isa<FloatType>(to)) {
    // Two formats of one width, half and bfloat16, meet in the wider one.
    if (from.getIntOrFloatBitWidth() == to.getIntOrFloatBitWidth())
      value = make<arith::ExtFOp>(getF32Type(), value);
    // Without the function of a compiler's library that the machine lacks an
    // instruction for, and as onnxruntime rounds.
    if (from.isF64() && to.getIntOrFloatBitWidth() == 16)
      value = make<arith::TruncFOp>(getF32Type(), value);
    if (value.getType().getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
      return make<arith::ExtFOp>(to, value);
    return make<arith::TruncFOp>(to, value);
  }
  if (isa<FloatType>(from)) {
    if (to.isInteger(1))
      return make<arith::CmpFOp>(arith::CmpFPredicate::UNE, value,
                                 constant(from, 0.0));
    if (toUnsigned && to.isInteger(64))
      return make<arith::FPToUIOp>(to, value);
    // Through a wider integer, so that what does not fit wraps as in C on
    // common machines rather than being undefined.
    unsigned width = to.getIntOrFloatBitWidth();
    if (width == 64 || (width == 32 && !toUnsigned))
      return make<arith::FPToSIOp>(to, value);
    Type wide = getIntegerType(width == 32 ? 64 : 32);
    return make<arith::TruncIOp>(to, make<arith::FPToSIOp>(wide, value));
  }
  if (isa<FloatType>(to)) {
    if (fromUnsigned)
      return make<arith::UIToFPOp>(to, value);
    return make<arith::SIToFPOp>(to, value);
  }
  if (to.isInteger(1))
    return compare(arith::CmpIPredicate::ne, value, constantInt(from, 0));
  if (from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth())
    return make<arith::TruncIOp>(to, value);
  if (fromUnsigned)
    return make<arith::ExtUIOp>(to, value);
  return make<arith::ExtSIOp>(to, value);
}

Value Emitter::changePrecision(Value value, Type type) {
  if (value.getType() == type)
    return value;
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  auto contract = arith::FastMathFlagsAttr::get(getContext(),
                                                arith::FastMathFlags::contract);
  if (from < to)
    return arith::ExtFOp::create(*this, type, value, contract);
  if (from > to && from == 32)
    return arith::TruncFOp::create(*this, type, value,
                                   arith::RoundingModeAttr(), contract);
  return convert(value, type, /*fromUnsigned=*/false, /*toUnsigned=*/false);
}

Value Emitter::addReassociable(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b, arith::FastMathFlags::reassoc);
}

Value Emitter::extreme(Type type, bool isUnsigned, bool least) {
  if (isa<FloatType>(type))
    return constant(type, least ? -HUGE_VAL : HUGE_VAL);
  unsigned width = type.getIntOrFloatBitWidth();
  APInt value = least ? (isUnsigned ? APInt::getMinValue(width)
                                    : APInt::getSignedMinValue(width))
                      : (isUnsigned ? APInt::getMaxValue(width)
                                    : APInt::getSignedMaxValue(width));
  return arith::ConstantOp::create(*this, IntegerAttr::get(type, value));
}

//===----------------------------------------------------------------------===//
// Sizes, and tensors of few elements that are computed as scalars
//===----------------------------------------------------------------------===//

Value Emitter::withSizes(Value tensor, ArrayRef<Value> tensorSizes) {
  state.sizes.set(tensor, tensorSizes);
  return tensor;
}

RankedTensorType Emitter::typeOf(ArrayRef<Value> tensorSizes,
                                 Type elementType) {
  SmallVector<int64_t> shape = llvm::map_to_vector(tensorSizes, [](Value v) {
    return getConstantSize(v).value_or(ShapedType::kDynamic);
  });
  return RankedTensorType::get(shape, elementType);
}

Value Emitter::scalar(Value tensor, int64_t i) {
  auto type = getTensorType(tensor);
  assert(type.hasStaticShape() && i < type.getNumElements());
  if (auto elements = tensor.getDefiningOp<tensor::FromElementsOp>())
    return elements.getElements()[i];
  DenseElementsAttr value;
  if (matchPattern(tensor, m_Constant(&value)))
    return arith::ConstantOp::create(*this, value.getValues<TypedAttr>()[i]);
  SmallVector<Value> indices;
  for (int64_t stride : computeStrides(type.getShape())) {
    indices.push_back(index(i / stride));
    i %= stride;
  }
  return tensor::ExtractOp::create(*this, tensor, indices);
}

Value Emitter::single(Value tensor) {
  return scalar(fit(tensor, SmallVector<Value>(getRank(tensor), index(1))));
}

bool Emitter::isScalars(Value tensor) {
  auto type = getTensorType(tensor);
  if (!type.hasStaticShape() || type.getNumElements() > kMaxScalars)
    return false;
  DenseElementsAttr value;
  return tensor.getDefiningOp<tensor::FromElementsOp>() ||
         matchPattern(tensor, m_Constant(&value));
}

SmallVector<Value> Emitter::scalars(Value tensor) {
  SmallVector<Value> result;
  for (int64_t i = 0, e = getTensorType(tensor).getNumElements(); i < e; ++i)
    result.push_back(scalar(tensor, i));
  return result;
}

Value Emitter::fromScalars(ArrayRef<Value> elements, ArrayRef<int64_t> shape,
                           Type type) {
  auto tensorType = RankedTensorType::get(shape, type);
  assert(tensorType.getNumElements() == int64_t(elements.size()));
  if (elements.empty())
    return arith::ConstantOp::create(
        *this, DenseElementsAttr::get(tensorType, ArrayRef<Attribute>()));
  // Not folded: that would hide the scalars from getDefiningOp.
  return tensor::FromElementsOp::create(*this, tensorType, elements);
}

FailureOr<SmallVector<Value>> Emitter::indices(Value tensor, int64_t count) {
  if (getRank(tensor) > 1 || !isa<IntegerType>(getElementType(tensor)))
    return failure();
  if (getRank(tensor) == 1)
    tensor = fit(tensor, {index(count)});
  else if (count != 1)
    return failure();
  SmallVector<Value> result;
  for (Value element : scalars(tensor))
    result.push_back(toIndex(element));
  return result;
}

std::optional<SmallVector<int64_t>> Emitter::constantInts(Value tensor) {
  auto type = getTensorType(tensor);
  if (!type.hasStaticShape() || !isa<IntegerType>(type.getElementType()))
    return std::nullopt;
  if (type.getNumElements() == 0)
    return SmallVector<int64_t>();
  DenseIntElementsAttr value;
  if (matchPattern(tensor, m_Constant(&value)))
    return llvm::map_to_vector(value.getValues<APInt>(), [](const APInt &v) {
      return v.sextOrTrunc(64).getSExtValue();
    });
  if (!tensor.getDefiningOp<tensor::FromElementsOp>())
    return std::nullopt;
  SmallVector<int64_t> result;
  for (Value element : scalars(tensor)) {
    std::optional<int64_t> constant = getConstantIntValue(element);
    if (!constant)
      return std::nullopt;
    result.push_back(*constant);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value Emitter::empty(ArrayRef<Value> tensorSizes, Type elementType) {
  Value result = tensor::EmptyOp::create(*this, getAsOpFoldResult(tensorSizes),
                                         elementType);
  return withSizes(result, tensorSizes);
}

Value Emitter::full(ArrayRef<Value> tensorSizes, Value scalar) {
  Value init = empty(tensorSizes, scalar.getType());
  Value result = linalg::FillOp::create(*this, scalar, init).getResult(0);
  return withSizes(result, tensorSizes);
}

Value Emitter::transpose(Value tensor, ArrayRef<int64_t> perm) {
  if (Value constant = transposeConstant(tensor, perm))
    return constant;
  SmallVector<Value> source = sizes(tensor);
  SmallVector<Value> permuted =
      llvm::map_to_vector(perm, [&](int64_t dim) { return source[dim]; });
  Value init = empty(permuted, getElementType(tensor));
  Value result = linalg::TransposeOp::create(*this, refine(tensor), init, perm)
                     ->getResult(0);
  return withSizes(result, permuted);
}

/// Whether a part of `sizes` at `offsets` in `whole` has no elements, as far as
/// constants tell. Such a part may begin where its dimension ends, which
/// upstream's operations on slices do not allow.
static bool isKnownEmpty(Value whole, ArrayRef<Value> offsets,
                         ArrayRef<Value> sizes) {
  auto type = cast<RankedTensorType>(whole.getType());
  for (auto [offset, size, total] :
       llvm::zip_equal(offsets, sizes, type.getShape())) {
    std::optional<int64_t> first = getConstantSize(offset);
    if (getConstantSize(size) == 0 ||
        (first && !ShapedType::isDynamic(total) && *first >= total))
      return true;
  }
  return false;
}

Value Emitter::slice(Value tensor, ArrayRef<Value> offsets,
                     ArrayRef<Value> tensorSizes, ArrayRef<int64_t> strides) {
  if (isKnownEmpty(tensor, offsets, tensorSizes))
    return empty(tensorSizes, getElementType(tensor));
  SmallVector<OpFoldResult> steps(offsets.size(), getIndexAttr(1));
  for (auto [step, stride] : llvm::zip(steps, strides))
    step = getIndexAttr(stride);
  Value result =
      tensor::ExtractSliceOp::create(*this, tensor, getAsOpFoldResult(offsets),
                                     getAsOpFoldResult(tensorSizes), steps);
  return withSizes(result, tensorSizes);
}

/// Writes `part` into `whole` at `offsets`.
static Value insertAt(Emitter &e, Value part, Value whole,
                      ArrayRef<Value> offsets) {
  SmallVector<Value> partSizes = e.sizes(part);
  if (isKnownEmpty(whole, offsets, partSizes))
    return whole;
  SmallVector<OpFoldResult> steps(offsets.size(), e.getIndexAttr(1));
  return tensor::InsertSliceOp::create(e, e.refine(part), whole,
                                       getAsOpFoldResult(offsets),
                                       getAsOpFoldResult(partSizes), steps);
}

Value Emitter::concat(ValueRange tensors, int64_t axis) {
  SmallVector<Value> total = sizes(tensors.front());
  for (Value tensor : tensors.drop_front())
    total[axis] = add(total[axis], size(tensor, axis));
  Value result = empty(total, getElementType(tensors.front()));
  SmallVector<Value> offsets(total.size(), index(0));
  for (Value tensor : tensors) {
    SmallVector<Value> wanted(total);
    wanted[axis] = size(tensor, axis);
    result = insertAt(*this, fit(tensor, wanted), result, offsets);
    offsets[axis] = add(offsets[axis], wanted[axis]);
  }
  return withSizes(result, total);
}

Value Emitter::pad(Value tensor, ArrayRef<Value> low, ArrayRef<Value> high,
                   Value value) {
  SmallVector<Value> total;
  for (auto [size, before, after] : llvm::zip_equal(sizes(tensor), low, high))
    total.push_back(add(add(before, size), after));
  Value result = insertAt(*this, tensor, full(total, value), low);
  return withSizes(result, total);
}

Value Emitter::element(Value tensor, ValueRange indices) {
  return tensor::ExtractOp::create(*this, tensor, indices);
}

Value Emitter::refine(Value tensor) {
  SmallVector<Value> known = sizes(tensor);
  RankedTensorType type = typeOf(known, getElementType(tensor));
  if (type == tensor.getType())
    return tensor;
  return withSizes(make<tensor::CastOp>(type, tensor), known);
}

Value Emitter::fit(Value tensor, ArrayRef<Value> wanted) {
  SmallVector<Value> actual = sizes(tensor);
  Value fits;
  bool neverFits = false;
  for (auto [a, b] : llvm::zip_equal(actual, wanted)) {
    if (isSameSize(a, b))
      continue;
    Value same = equal(a, b);
    neverFits |= getConstantIntValue(same) == 0;
    reportIf(negate(same), kReportBadShape, a, b);
    fits = fits ? both(fits, same) : same;
  }
  if (!fits)
    return refine(tensor);
  RankedTensorType type = typeOf(wanted, getElementType(tensor));
  if (neverFits)
    return full(wanted, constant(type.getElementType(), 0));
  auto choose = scf::IfOp::create(*this, type, fits, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(choose.thenBlock());
  scf::YieldOp::create(*this, make<tensor::CastOp>(type, tensor));
  setInsertionPointToStart(choose.elseBlock());
  scf::YieldOp::create(*this, full(wanted, constant(type.getElementType(), 0)));
  return withSizes(choose.getResult(0), wanted);
}

//===----------------------------------------------------------------------===//
// What only a run can tell
//===----------------------------------------------------------------------===//

void Emitter::reportIf(Value condition, StringRef report, Value value,
                       Value expected) {
  if (getConstantIntValue(condition) == 0)
    return;
  OpBuilder::InsertionGuard guard(*this);
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  setInsertionPointToStart(branch.thenBlock());
  Type i64 = getI64Type();
  func::CallOp::create(
      *this, report, TypeRange(),
      ValueRange{fromIndex(value, i64), fromIndex(expected, i64)});
}

void Emitter::checkIndices(Value indices, bool isUnsigned, Value size) {
  if (std::optional<SmallVector<int64_t>> known = constantInts(indices))
    if (std::optional<int64_t> limit = getConstantSize(size))
      if (llvm::all_of(*known, [&](int64_t i) {
            return (isUnsigned ? 0 : -*limit) <= i && i < *limit;
          }))
        return;
  int64_t rank = getRank(indices);
  auto scalarMap = AffineMap::get(rank, 0, getContext());
  Value none = full({}, constantInt(getI1Type(), 0));
  Value first = full({}, index(0));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::reduction);
  SmallVector<Value> found = generic(
      {{indices, getMultiDimIdentityMap(rank)}},
      {{none, scalarMap}, {first, scalarMap}}, iterators, [&](ValueRange args) {
        Value position = toIndex(args[0], isUnsigned);
        Value low = isUnsigned ? index(0) : sub(index(0), size);
        Value bad = either(less(position, low), negate(less(position, size)));
        return SmallVector<Value>{either(args[1], bad),
                                  select(bad, position, args[2])};
      });
  reportIf(element(found[0], {}), kReportBadIndex, element(found[1], {}), size);
}

Value Emitter::safeIndex(Value value, bool isUnsigned, Value size) {
  Value position = toIndex(value, isUnsigned);
  if (!isUnsigned)
    position = wrapNegative(position, size);
  return clamp(position, sub(size, index(1)));
}
