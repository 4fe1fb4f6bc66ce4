//===- VectorBuilder.cpp - Vector arithmetic in few words -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sopt;

VectorType VectorBuilder::getVectorType() {
  return VectorType::get(isa.lanes, getF32Type());
}

VectorType VectorBuilder::getIntVectorType() {
  return VectorType::get(isa.lanes, getI32Type());
}

Value VectorBuilder::constant(TypedAttr value) {
  Value &constant = constants[value];
  if (constant)
    return constant;
  InsertionGuard guard(*this);
  setInsertionPointToStart(&entry);
  constant = arith::ConstantOp::create(*this, value);
  return constant;
}

Value VectorBuilder::index(int64_t value) {
  return constant(getIndexAttr(value));
}

Value VectorBuilder::scalar(float value) {
  return constant(getF32FloatAttr(value));
}

Value VectorBuilder::splat(float value) {
  return constant(DenseElementsAttr::get(getVectorType(), value));
}

Value VectorBuilder::splatInt(int32_t value) {
  return constant(DenseElementsAttr::get(getIntVectorType(), value));
}

Value VectorBuilder::constantInts(ArrayRef<int32_t> values) {
  return constant(DenseElementsAttr::get(getIntVectorType(), values));
}

Value VectorBuilder::constantBool(bool value) {
  return constant(getBoolAttr(value));
}

Value VectorBuilder::broadcastInt(Value scalar) {
  return vector::BroadcastOp::create(*this, getIntVectorType(), scalar);
}

Value VectorBuilder::broadcast(Value scalar) {
  return vector::BroadcastOp::create(*this, getVectorType(), scalar);
}

Value VectorBuilder::constantLike(Value like, float value) {
  return mlir::isa<VectorType>(like.getType()) ? splat(value) : scalar(value);
}

Value VectorBuilder::add(Value a, Value b) {
  if (matchPattern(b, m_Zero()))
    return a;
  if (a.getType().isIndex())
    return arith::AddIOp::create(*this, a, b);
  return arith::AddFOp::create(*this, a, b);
}

Value VectorBuilder::sub(Value a, Value b) {
  if (a.getType().isIndex())
    return arith::SubIOp::create(*this, a, b);
  return arith::SubFOp::create(*this, a, b);
}

Value VectorBuilder::mul(Value a, Value b) {
  if (a.getType().isIndex())
    return arith::MulIOp::create(*this, a, b);
  return arith::MulFOp::create(*this, a, b);
}

Value VectorBuilder::div(Value a, Value b) {
  return arith::DivFOp::create(*this, a, b);
}

Value VectorBuilder::divNearly(Value a, Value b) {
  // LLVM takes the estimate where no result is infinite.
  auto flags = isa.hasReciprocal
                   ? arith::FastMathFlags::arcp | arith::FastMathFlags::ninf
                   : arith::FastMathFlags::none;
  return arith::DivFOp::create(*this, a, b, flags);
}

Value VectorBuilder::minimum(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}

Value VectorBuilder::ceilDiv(Value a, int64_t b) {
  return arith::DivUIOp::create(*this, add(a, index(b - 1)), index(b));
}

Value VectorBuilder::fma(Value a, Value b, Value c) {
  if (!isa.hasFma)
    return add(mul(a, b), c);
  if (!mlir::isa<VectorType>(a.getType()))
    return math::FmaOp::create(*this, a, b, c);
  return vector::FMAOp::create(*this, a, b, c);
}

// Compare and select, rather than arith.maxnumf: on x86 it is one instruction.
Value VectorBuilder::atLeast(Value a, Value b) {
  Value greater = arith::CmpFOp::create(*this, arith::CmpFPredicate::OGT, a, b);
  return arith::SelectOp::create(*this, greater, a, b);
}

Value VectorBuilder::atMost(Value a, Value b) {
  Value less = arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, a, b);
  return arith::SelectOp::create(*this, less, a, b);
}

Value VectorBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

Value VectorBuilder::less(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, a, b);
}

Value VectorBuilder::equal(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, b);
}

Value VectorBuilder::positions(Value first) {
  auto lanes = llvm::to_vector(llvm::seq<int32_t>(0, isa.lanes));
  return arith::AddIOp::create(*this, splatPosition(first),
                               constantInts(lanes));
}

Value VectorBuilder::splatPosition(Value index) {
  Value position = arith::IndexCastOp::create(*this, getI32Type(), index);
  return vector::BroadcastOp::create(*this, getIntVectorType(), position);
}

Value VectorBuilder::sum(Value vector) {
  // Without leave to reassociate it would be a chain of scalar additions.
  return vector::ReductionOp::create(*this, vector::CombiningKind::ADD, vector,
                                     arith::FastMathFlags::reassoc);
}

Value VectorBuilder::maximum(Value vector) {
  return vector::ReductionOp::create(*this, vector::CombiningKind::MAXNUMF,
                                     vector, arith::FastMathFlags::nnan);
}

Value VectorBuilder::polynomial(Value x, ArrayRef<float> coefficients) {
  Value sum = constantLike(x, coefficients.back());
  for (float c : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, constantLike(x, c));
  return sum;
}

Value VectorBuilder::load(Value memory, ValueRange indices, Value mask) {
  if (!mask)
    return vector::LoadOp::create(*this, getVectorType(), memory, indices);
  return vector::MaskedLoadOp::create(*this, getVectorType(), memory, indices,
                                      mask, splat(0.0f));
}

Value VectorBuilder::loadInts(Value memory, ValueRange indices, Value mask) {
  if (!mask)
    return vector::LoadOp::create(*this, getIntVectorType(), memory, indices);
  return vector::MaskedLoadOp::create(*this, getIntVectorType(), memory,
                                      indices, mask, splatInt(0));
}

Value VectorBuilder::gather(Value memory, ValueRange indices, Value offsets,
                            Value mask) {
  return vector::GatherOp::create(*this, getVectorType(), memory, indices,
                                  offsets, mask, splat(0.0f));
}

void VectorBuilder::store(Value vector, Value memory, ValueRange indices,
                          Value mask) {
  if (!mask)
    vector::StoreOp::create(*this, vector, memory, indices);
  else
    vector::MaskedStoreOp::create(*this, memory, indices, mask, vector);
}

Value VectorBuilder::loadScalar(Value memory, ValueRange indices) {
  return memref::LoadOp::create(*this, memory, indices);
}

Value VectorBuilder::firstLanes(Value count) {
  return vector::CreateMaskOp::create(
      *this, VectorType::get(isa.lanes, getI1Type()), count);
}

SmallVector<Value>
VectorBuilder::loop(Value begin, Value end, int64_t step, ValueRange values,
                    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(*this, begin, end, index(step), values);
  InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!values.empty())
    scf::YieldOp::create(*this, results);
  return llvm::to_vector(ValueRange(loop.getResults()));
}

void VectorBuilder::forAll(Value end, function_ref<void(Value)> body) {
  loop(index(0), end, 1, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

void VectorBuilder::parallel(ValueRange ends,
                             function_ref<void(ValueRange)> body) {
  SmallVector<Value> begins(ends.size(), index(0));
  SmallVector<Value> steps(ends.size(), index(1));
  auto loop = scf::ParallelOp::create(*this, begins, ends, steps);
  InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVars());
}

void VectorBuilder::shareOut(Value numTasks, Value numWorkers,
                             function_ref<void(Value, Value)> body,
                             function_ref<void()> before,
                             function_ref<void()> after) {
  parallel(numWorkers, [&](ValueRange at) {
    Value worker = at[0];
    before();
    auto firstOf = [&](Value worker) -> Value {
      return arith::DivUIOp::create(*this, mul(worker, numTasks), numWorkers);
    };
    Value begin = firstOf(worker), end = firstOf(add(worker, index(1)));
    loop(begin, end, 1, {}, [&](Value task, ValueRange) {
      body(worker, task);
      return SmallVector<Value>();
    });
    after();
  });
}

void VectorBuilder::when(Value condition, function_ref<void()> then,
                         function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(*this, condition, bool(otherwise));
  InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  then();
  if (!otherwise)
    return;
  setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

Value VectorBuilder::choose(Value condition, function_ref<Value()> then,
                            function_ref<Value()> otherwise) {
  auto branch = scf::IfOp::create(*this, getVectorType(), condition,
                                  /*withElseRegion=*/true);
  InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(*this, then());
  setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(*this, otherwise());
  return branch.getResult(0);
}

void VectorBuilder::dispatch(Value count, int64_t most,
                             function_ref<void(int64_t)> body) {
  auto cases = llvm::to_vector(llvm::seq_inclusive<int64_t>(1, most));
  auto branch = scf::IndexSwitchOp::create(*this, TypeRange(), count, cases,
                                           cases.size());
  InsertionGuard guard(*this);
  auto build = [&](Region &region, function_ref<void()> fill) {
    createBlock(&region);
    fill();
    scf::YieldOp::create(*this);
  };
  build(branch.getDefaultRegion(), [] {});
  for (auto [region, value] : llvm::zip(branch.getCaseRegions(), cases))
    build(region, [&, value = value] { body(value); });
}

void VectorBuilder::keepScalars() {
  // The one attribute that both of its vectorizers heed.
  entry.getParentOp()->setAttr("passthrough",
                               getStrArrayAttr({"noimplicitfloat"}));
}

void VectorBuilder::withLanes(int64_t lanes, function_ref<void()> body) {
  int64_t before = std::exchange(isa.lanes, lanes);
  body();
  isa.lanes = before;
}
