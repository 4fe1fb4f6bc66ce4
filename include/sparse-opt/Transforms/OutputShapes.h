//===- OutputShapes.h - Sizes of outputs from those of inputs ---*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TRANSFORMS_OUTPUTSHAPES_H
#define SPARSE_OPT_TRANSFORMS_OUTPUTSHAPES_H

#include "llvm/ADT/StringRef.h"

namespace sopt {

/// The function that the pass sopt-output-shapes makes.
constexpr llvm::StringLiteral kOutputShapes = "sopt_output_shapes";

} // namespace sopt

#endif // SPARSE_OPT_TRANSFORMS_OUTPUTSHAPES_H
