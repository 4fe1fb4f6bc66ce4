//===- LayerName.h - What a user calls a layer ---------------- -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_TRANSFORMS_LAYERNAME_H
#define SPARSE_OPT_LIB_TRANSFORMS_LAYERNAME_H

#include "mlir/IR/Location.h"
#include <string>

namespace sopt {

/// The name a user knows the layer by, or else its location.
std::string getLayerName(mlir::Location loc);

} // namespace sopt

#endif // SPARSE_OPT_LIB_TRANSFORMS_LAYERNAME_H
