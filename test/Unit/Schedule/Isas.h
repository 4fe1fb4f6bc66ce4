//===- Isas.h - The instruction sets that tests go through ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_UNIT_SCHEDULE_ISAS_H
#define SPARSE_OPT_TEST_UNIT_SCHEDULE_ISAS_H

namespace sopt {

/// Those of the built-in table of costs.
inline constexpr const char *kIsas[] = {"avx512", "avx2", "neon", "generic"};

} // namespace sopt

#endif // SPARSE_OPT_TEST_UNIT_SCHEDULE_ISAS_H
