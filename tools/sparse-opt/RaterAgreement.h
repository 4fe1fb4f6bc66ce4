//===- RaterAgreement.h - How far people agree ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSE_OPT_RATERAGREEMENT_H
#define SPARSE_OPT_TOOLS_SPARSE_OPT_RATERAGREEMENT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LogicalResult.h"

namespace sopt {

/// Prints how far the raters of a .csv file agree by each metric that is about
/// them: between each other, with themselves, and the ceiling that follows.
/// Fails, after telling why, if the file is none or they agree by no metric.
llvm::LogicalResult printRaterAgreement(llvm::StringRef path);

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSE_OPT_RATERAGREEMENT_H
