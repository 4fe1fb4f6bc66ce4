//===- VectorBuilder.h - Vector arithmetic in few words ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_VECTORBUILDER_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_VECTORBUILDER_H

#include "Isa.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace sopt {

/// Builds the body of a kernel for one instruction set. Arithmetic works on
/// scalars and vectors of f32 alike, and on `index` where it makes sense.
class VectorBuilder : public mlir::ImplicitLocOpBuilder {
public:
  /// Builds at the end of `entry`, the first block of a kernel.
  VectorBuilder(mlir::Location loc, mlir::Block &entry, const Isa &isa)
      : ImplicitLocOpBuilder(loc, OpBuilder::atBlockEnd(&entry)), isa(isa),
        entry(entry) {}

  const Isa &getIsa() const { return isa; }
  int64_t getLanes() const { return isa.lanes; }
  mlir::VectorType getVectorType();
  mlir::VectorType getIntVectorType();

  mlir::Value index(int64_t value);
  mlir::Value scalar(float value);
  mlir::Value splat(float value);
  mlir::Value splatInt(int32_t value);
  /// A vector of as many integers as it has lanes.
  mlir::Value constantInts(llvm::ArrayRef<int32_t> values);
  mlir::Value constantBool(bool value);
  /// A scalar or a vector, whichever `like` is.
  mlir::Value constantLike(mlir::Value like, float value);
  mlir::Value broadcast(mlir::Value scalar);
  mlir::Value broadcastInt(mlir::Value scalar);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  /// The same within 2 ulp, for a finite quotient and b between 1 and 2⁶⁴.
  mlir::Value divNearly(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  mlir::Value ceilDiv(mlir::Value a, int64_t b);
  /// a · b + c, rounded once where the machine can.
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  /// a if it is greater (less) than b, else b. A NaN in a gives b: the bound.
  mlir::Value atLeast(mlir::Value a, mlir::Value b);
  mlir::Value atMost(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Of indices.
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  /// The indices first, first + 1, … as a vector of i32, and one of `index`.
  mlir::Value positions(mlir::Value first);
  mlir::Value splatPosition(mlir::Value index);
  /// The sum, in any order, of a vector's elements.
  mlir::Value sum(mlir::Value vector);
  /// The greatest of a vector's elements, none of which may be NaN: what
  /// `atLeast` gives never is.
  mlir::Value maximum(mlir::Value vector);
  /// c₀ + c₁x + …, by Horner's rule.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<float> coefficients);

  /// A vector of `memory` from `indices` on. With a mask, lanes outside it are
  /// not read and hold zero.
  mlir::Value load(mlir::Value memory, mlir::ValueRange indices,
                   mlir::Value mask = {});
  mlir::Value loadInts(mlir::Value memory, mlir::ValueRange indices,
                       mlir::Value mask = {});
  /// The elements at `offsets`, a vector of i32, from `indices` in the last
  /// dimension.
  mlir::Value gather(mlir::Value memory, mlir::ValueRange indices,
                     mlir::Value offsets, mlir::Value mask);
  void store(mlir::Value vector, mlir::Value memory, mlir::ValueRange indices,
             mlir::Value mask = {});
  mlir::Value loadScalar(mlir::Value memory, mlir::ValueRange indices);
  /// The mask of the first `count` lanes; any count, also negative, is legal.
  mlir::Value firstLanes(mlir::Value count);

  /// for i in [0, end) by `step`: body(i, values) → values.
  mlir::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, int64_t step,
       mlir::ValueRange values,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value i,
                                                         mlir::ValueRange)>
           body);
  /// For i from 0 to `end`: body(i).
  void forAll(mlir::Value end, llvm::function_ref<void(mlir::Value)> body);
  /// For all i in [0, ends), in any order and on any thread: body(i).
  void parallel(mlir::ValueRange ends,
                llvm::function_ref<void(mlir::ValueRange)> body);
  /// For all `numTasks` tasks, shared out among `numWorkers` that run in any
  /// order and on any thread: body(worker, task). Shares are as even as whole
  /// tasks can be, and the tasks of one worker are neighbours, so that they may
  /// share data. Each worker begins with before() and ends with after().
  void shareOut(
      mlir::Value numTasks, mlir::Value numWorkers,
      llvm::function_ref<void(mlir::Value worker, mlir::Value task)> body,
      llvm::function_ref<void()> before = [] {},
      llvm::function_ref<void()> after = [] {});
  /// If `condition`, `then`, else `otherwise`; `choose` gives their value.
  void when(mlir::Value condition, llvm::function_ref<void()> then,
            llvm::function_ref<void()> otherwise = {});
  mlir::Value choose(mlir::Value condition,
                     llvm::function_ref<mlir::Value()> then,
                     llvm::function_ref<mlir::Value()> otherwise);
  /// body(count) with `count` as a constant, if it is from 1 to `most`.
  void dispatch(mlir::Value count, int64_t most,
                llvm::function_ref<void(int64_t)> body);

  /// Keeps LLVM from making vectors of the kernel's scalars, such as indices.
  void keepScalars();

  /// Calls `body` while vectors have `lanes` elements.
  void withLanes(int64_t lanes, llvm::function_ref<void()> body);

private:
  mlir::Value constant(mlir::TypedAttr value);

  Isa isa;
  mlir::Block &entry;
  /// One of each, at the start of the kernel: bodies are unrolled far.
  llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_VECTORBUILDER_H
