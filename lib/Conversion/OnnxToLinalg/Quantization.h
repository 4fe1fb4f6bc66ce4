//===- Quantization.h - Between floats and small integers -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_QUANTIZATION_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_QUANTIZATION_H

#include "Emitter.h"

namespace sopt {

/// A scale or zero point that is one number or one per element of dimension
/// `axis` of a tensor of `rank` dimensions, shaped to broadcast to that tensor.
mlir::FailureOr<mlir::Value> alongAxis(Emitter &e, mlir::Value parameter,
                                       int64_t axis, int64_t rank);

/// round(x) + zero, limited to what `type` holds. `zero` may be null.
mlir::Value roundTo(Emitter &e, mlir::Value x, mlir::Value zero,
                    mlir::Type type, bool isUnsigned);

/// What dynamic quantisation maps to 0 … 255, as scalars.
struct DynamicRange {
  mlir::Value scale, zero;
};

/// The range of the elements of `x`, of f32, 0 included.
DynamicRange findRange(Emitter &e, mlir::Value x);

/// `x`, of f32, as unsigned integers of 8 bits.
mlir::Value quantize(Emitter &e, mlir::Value x, const DynamicRange &range);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_QUANTIZATION_H
