//===- Convolution.h - Sums of products over windows ------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_CONVOLUTION_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_CONVOLUTION_H

#include "Windows.h"

namespace sopt {

/// The constant sizes of dimensions 2… of a filter.
mlir::FailureOr<llvm::SmallVector<int64_t>> getKernel(Emitter &e,
                                                      mlir::Value filter);

/// The convolution of `x` (N × C × D…) and `filter` (F × C/group × K…), of one
/// type, in which it is also summed, plus `bias` (F) unless that is null.
/// Refuses shapes that do not fit.
mlir::FailureOr<mlir::Value>
makeConvolution(Emitter &e, mlir::Value x, mlir::Value filter, mlir::Value bias,
                const WindowAttributes &attributes, int64_t group);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_CONVOLUTION_H
