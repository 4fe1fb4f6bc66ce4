//===- Schedule.h - The text of #sopt.schedule ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_DIALECTS_SOPT_IR_SCHEDULE_H
#define SPARSE_OPT_DIALECTS_SOPT_IR_SCHEDULE_H

#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// (`,` `tile` `=` integer (`x` integer)*)? (`,` `dense_below` `=` integer)?
mlir::ParseResult parseScheduleSizes(mlir::AsmParser &parser,
                                     llvm::SmallVectorImpl<int64_t> &tile,
                                     int64_t &denseBelow);
void printScheduleSizes(mlir::AsmPrinter &printer, llvm::ArrayRef<int64_t> tile,
                        int64_t denseBelow);

} // namespace sopt

#endif // SPARSE_OPT_DIALECTS_SOPT_IR_SCHEDULE_H
