//===- Windows.h - Windows that slide over spatial dimensions -----------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_WINDOWS_H
#define SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_WINDOWS_H

#include "Emitter.h"

namespace sopt {

/// How a window moves over the spatial dimensions of N × C × D1 × D2 × …, as
/// the attributes of convolutions and poolings say it.
struct Windows {
  llvm::SmallVector<int64_t> kernel, strides, dilations;
  /// Padding before and after each spatial dimension.
  llvm::SmallVector<mlir::Value> low, high;
  /// Positions of the window along each spatial dimension.
  llvm::SmallVector<mlir::Value> counts;
};

/// The attributes, as ONNX has them.
struct WindowAttributes {
  llvm::StringRef autoPad;
  std::optional<llvm::ArrayRef<int64_t>> dilations, pads, strides;
  bool ceilMode = false;
};

/// Checks the attributes and computes paddings and positions for a tensor of
/// `sizes`; refuses what makes no sense.
mlir::FailureOr<Windows> getWindows(Emitter &e,
                                    llvm::ArrayRef<mlir::Value> sizes,
                                    llvm::ArrayRef<int64_t> kernel,
                                    const WindowAttributes &attributes);

/// `x` surrounded by `value` so that every window lies inside, also those that
/// ceil_mode adds.
mlir::Value padForWindows(Emitter &e, mlir::Value x, const Windows &windows,
                          mlir::Value value);

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_ONNXTOLINALG_WINDOWS_H
