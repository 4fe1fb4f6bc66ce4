//===- ExpandFunctions.h - Operators by their definitions -------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_EXPANDFUNCTIONS_H
#define SPARSE_OPT_TRANSFORMS_EXPANDFUNCTIONS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace sopt {

/// The operators of ONNX, such as "HannWindow", that the pass
/// onnx-expand-functions replaces, in some form or all, by their definitions.
llvm::SmallVector<llvm::StringRef> getExpandedOperators();

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_EXPANDFUNCTIONS_H
