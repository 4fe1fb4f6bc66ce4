//===- Emitter.h - IR at one location, in the words of a lowering -*- C++
//-*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EMITTER_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EMITTER_H

#include "SizeTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace sopt {

/// Whether ONNX reads the elements of `type`, a tensor or an element type of
/// the onnx dialect, as unsigned numbers. Booleans are.
bool isUnsigned(mlir::Type type);

inline mlir::RankedTensorType getTensorType(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}
inline int64_t getRank(mlir::Value tensor) {
  return getTensorType(tensor).getRank();
}
inline mlir::Type getElementType(mlir::Value tensor) {
  return getTensorType(tensor).getElementType();
}

/// `axis` counted from the front.
inline int64_t normalizeAxis(int64_t axis, int64_t rank) {
  return axis < 0 ? axis + rank : axis;
}

/// Names of the functions that generated code calls to say that the data of
/// this run is not what the model allows.
constexpr llvm::StringLiteral kReportBadIndex = "sopt_rt_bad_index";
constexpr llvm::StringLiteral kReportBadShape = "sopt_rt_bad_shape";

/// What the patterns of one conversion share.
struct LoweringState {
  SizeTable sizes;
  /// Why an operation was not lowered.
  llvm::DenseMap<mlir::Operation *, std::string> refusals;

  /// What the end of a loop's body needs to know, for each loop whose body is
  /// still to be converted.
  struct LoopPlan {
    /// Of what the body gives, how much comes before the carried values, and
    /// how many of those there are.
    unsigned firstCarried, numCarried;
  };
  llvm::DenseMap<mlir::Operation *, LoopPlan> loops;
};

/// Builds what a lowering is made of, and keeps the sizes of tensors on the
/// way. Every access to memory that it makes is in bounds for any data: what
/// cannot be proved is checked at run time, reported, and replaced by zeros.
class Emitter : public mlir::ImplicitLocOpBuilder {
public:
  Emitter(mlir::Operation *op, mlir::OpBuilder &builder, LoweringState &state)
      : ImplicitLocOpBuilder(op->getLoc(), builder), op(op), state(state) {}

  LoweringState &getState() { return state; }

  /// Says why the operation is not lowered. Kept here, since the conversion
  /// drops what notifyMatchFailure says unless LLVM was built for debugging.
  mlir::LogicalResult refuse(const llvm::Twine &reason) {
    state.refusals[op] = reason.str();
    return mlir::failure();
  }

  //===--------------------------------------------------------------------===//
  // Scalars
  //===--------------------------------------------------------------------===//

  mlir::Value index(int64_t value);
  /// `value` as a constant of an integer or float type.
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value constantInt(mlir::Type type, int64_t value);

  template <typename OpT, typename... Args> mlir::Value make(Args &&...args) {
    return createOrFold<OpT>(std::forward<Args>(args)...);
  }
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value addFloat(mlir::Value a, mlir::Value b) {
    return make<mlir::arith::AddFOp>(a, b);
  }
  mlir::Value mulFloat(mlir::Value a, mlir::Value b) {
    return make<mlir::arith::MulFOp>(a, b);
  }
  mlir::Value ceilDiv(mlir::Value a, mlir::Value b);
  /// In [0, b) for positive b, also of a negative `a`.
  mlir::Value remainder(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a,
                      mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b) {
    return compare(mlir::arith::CmpIPredicate::eq, a, b);
  }
  mlir::Value less(mlir::Value a, mlir::Value b) {
    return compare(mlir::arith::CmpIPredicate::slt, a, b);
  }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value negate(mlir::Value condition);
  /// Between an integer of any width and an index. `isUnsigned` says how the
  /// integer is read.
  mlir::Value toIndex(mlir::Value integer, bool isUnsigned = false);
  mlir::Value fromIndex(mlir::Value index, mlir::Type type);
  /// An index, not negative, as a float.
  mlir::Value toFloat(mlir::Value index, mlir::Type type) {
    return convert(fromIndex(index, getI64Type()), type, false, false);
  }
  /// `position` counted from the front of a dimension of `size` elements.
  mlir::Value wrapNegative(mlir::Value position, mlir::Value size);
  /// `value` limited to [0, high]; 0 if `high` is negative.
  mlir::Value clamp(mlir::Value value, mlir::Value high) {
    return max(min(value, high), index(0));
  }
  mlir::Value product(mlir::ValueRange sizes);
  /// Converts a number as C does: towards zero, and not 0 to true.
  mlir::Value convert(mlir::Value value, mlir::Type type, bool fromUnsigned,
                      bool toUnsigned);

  /// A float as one of another width, for an operator that computes in more
  /// bits than its operands have. Where loops are fused, rounding a value
  /// between two operators and widening it again is left out.
  mlir::Value changePrecision(mlir::Value value, mlir::Type type);

  /// a + b in an order that LLVM may choose, so that sums vectorise.
  mlir::Value addReassociable(mlir::Value a, mlir::Value b);
  /// The least or the greatest number of a type; infinities for floats.
  mlir::Value extreme(mlir::Type type, bool isUnsigned, bool least);

  //===--------------------------------------------------------------------===//
  // Sizes, and tensors of few elements that are computed as scalars
  //===--------------------------------------------------------------------===//

  llvm::SmallVector<mlir::Value> sizes(mlir::Value tensor) {
    return state.sizes.get(*this, tensor);
  }
  mlir::Value size(mlir::Value tensor, int64_t dim) {
    return sizes(tensor)[dim];
  }
  mlir::Value numElements(mlir::Value tensor) { return product(sizes(tensor)); }
  /// Remembers what the caller knows; returns `tensor`.
  mlir::Value withSizes(mlir::Value tensor,
                        llvm::ArrayRef<mlir::Value> tensorSizes);
  /// The type of a tensor of `sizes`, static where they are constants.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<mlir::Value> sizes,
                                mlir::Type elementType);

  /// Element `i` in row-major order of a tensor with a static shape.
  mlir::Value scalar(mlir::Value tensor, int64_t i = 0);
  /// The element of a tensor that has one, which is checked at run time if
  /// its type does not say so.
  mlir::Value single(mlir::Value tensor);
  /// Whether `tensor` has few elements, all of them known as scalars.
  bool isScalars(mlir::Value tensor);
  llvm::SmallVector<mlir::Value> scalars(mlir::Value tensor);
  mlir::Value fromScalars(llvm::ArrayRef<mlir::Value> elements,
                          llvm::ArrayRef<int64_t> shape, mlir::Type type);
  /// The `count` elements of a vector or scalar of signed integers. A vector
  /// whose length is found to differ at run time is reported.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> indices(mlir::Value tensor,
                                                          int64_t count);
  /// The elements of a constant tensor of integers, or nothing.
  std::optional<llvm::SmallVector<int64_t>> constantInts(mlir::Value tensor);

  //===--------------------------------------------------------------------===//
  // Tensors
  //===--------------------------------------------------------------------===//

  mlir::Value empty(llvm::ArrayRef<mlir::Value> sizes, mlir::Type elementType);
  mlir::Value full(llvm::ArrayRef<mlir::Value> sizes, mlir::Value scalar);

  /// A tensor and where the loops of a linalg.generic touch it.
  struct Access {
    mlir::Value tensor;
    mlir::AffineMap map;
  };
  /// One linalg.generic; its results have the sizes of `outputs`.
  llvm::SmallVector<mlir::Value>
  generic(llvm::ArrayRef<Access> inputs, llvm::ArrayRef<Access> outputs,
          llvm::ArrayRef<mlir::utils::IteratorType> iterators,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)>
              body);
  /// A tensor of `sizes`, each element from one call of `body`, to which the
  /// elements of `inputs` are given. The loops are the dimensions.
  mlir::Value map(llvm::ArrayRef<mlir::Value> sizes, mlir::Type elementType,
                  llvm::ArrayRef<Access> inputs,
                  llvm::function_ref<mlir::Value(mlir::ValueRange)> body);
  /// A tensor of `sizes` whose element at some indices `body` computes.
  mlir::Value generate(llvm::ArrayRef<mlir::Value> sizes,
                       mlir::Type elementType,
                       llvm::function_ref<mlir::Value(mlir::ValueRange)> body);
  /// Each element of the broadcast of `tensors` goes through `body`, as ONNX's
  /// multidirectional broadcasting says. Fails if the shapes do not fit.
  mlir::FailureOr<mlir::Value>
  elementwise(mlir::ValueRange tensors, mlir::Type elementType,
              llvm::function_ref<mlir::Value(mlir::ValueRange)> body);
  /// The shape of the broadcast of tensors of these sizes.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  broadcastSizes(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> operands);
  /// `tensor` repeated along dimensions of size 1 (and new leading ones).
  mlir::Value broadcastTo(mlir::Value tensor,
                          llvm::ArrayRef<mlir::Value> sizes);

  /// Each element converted from one float type to another.
  mlir::Value convertElements(mlir::Value tensor, mlir::Type type);
  /// Floats of less than 32 bits as f32, in which they are to be computed.
  mlir::Value widen(mlir::Value tensor);

  /// How elements of one kind are combined, from `init` on.
  struct Reduction {
    mlir::Value init;
    llvm::function_ref<mlir::Value(mlir::Value element, mlir::Value acc)> body;
  };
  /// Combines `tensor` over `axes` (sorted), which keep size 1 if `keepDims`.
  mlir::Value reduce(mlir::Value tensor, llvm::ArrayRef<int64_t> axes,
                     bool keepDims, Reduction reduction);

  /// The same elements in another shape. Where the sizes do not prove that
  /// their number agrees, that is checked at run time.
  mlir::Value reshape(mlir::Value tensor, llvm::ArrayRef<mlir::Value> sizes);
  mlir::Value transpose(mlir::Value tensor, llvm::ArrayRef<int64_t> perm);
  /// Element `which` along the first dimension.
  mlir::Value part(mlir::Value stack, int64_t which);
  mlir::Value slice(mlir::Value tensor, llvm::ArrayRef<mlir::Value> offsets,
                    llvm::ArrayRef<mlir::Value> sizes,
                    llvm::ArrayRef<int64_t> strides = {});
  mlir::Value concat(mlir::ValueRange tensors, int64_t axis);
  /// Surrounds `tensor` with `value`; `low` and `high` are not negative.
  mlir::Value pad(mlir::Value tensor, llvm::ArrayRef<mlir::Value> low,
                  llvm::ArrayRef<mlir::Value> high, mlir::Value value);
  mlir::Value element(mlir::Value tensor, mlir::ValueRange indices);
  /// `tensor` if it has `sizes` at run time, which is checked where it is not
  /// provable; else zeros, and a report.
  mlir::Value fit(mlir::Value tensor, llvm::ArrayRef<mlir::Value> sizes);
  /// `tensor` with every static size that is known in its type.
  mlir::Value refine(mlir::Value tensor);

  /// Calls `report(value, expected)` if `condition` holds at run time.
  void reportIf(mlir::Value condition, llvm::StringRef report,
                mlir::Value value, mlir::Value expected);
  /// Reports every element of the integer tensor `indices` that is not in
  /// [-size, size).
  void checkIndices(mlir::Value indices, bool isUnsigned, mlir::Value size);
  /// The position that `index`, an element of a tensor, means in a dimension
  /// of `size`; in bounds whatever it is.
  mlir::Value safeIndex(mlir::Value index, bool isUnsigned, mlir::Value size);

private:
  /// The result as a constant if `tensor` is one; else null.
  mlir::Value transposeConstant(mlir::Value tensor,
                                llvm::ArrayRef<int64_t> perm);
  mlir::Value reshapeConstant(mlir::Value tensor,
                              llvm::ArrayRef<int64_t> shape);

  mlir::Operation *op;
  LoweringState &state;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_EMITTER_H
