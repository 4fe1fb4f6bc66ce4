//===- Precision.h - The text of #sopt.precision ----------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_PRECISION_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_PRECISION_H

#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// (`,` `range` `=` array)? (`,` `smooth` `=` elements)?
mlir::ParseResult parseInputRounding(mlir::AsmParser &parser,
                                     mlir::DenseF32ArrayAttr &range,
                                     mlir::DenseIntElementsAttr &smooth);
void printInputRounding(mlir::AsmPrinter &printer,
                        mlir::DenseF32ArrayAttr range,
                        mlir::DenseIntElementsAttr smooth);

} // namespace sopt

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_PRECISION_H
