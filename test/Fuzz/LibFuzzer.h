//===- LibFuzzer.h - What libFuzzer's runtime gives to mutators -*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_FUZZ_LIBFUZZER_H
#define SPARSE_OPT_TEST_FUZZ_LIBFUZZER_H

#include <cstddef>
#include <cstdint>

/// libFuzzer's own changes to bytes, which remember what comparisons met.
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

#endif // SPARSE_OPT_TEST_FUZZ_LIBFUZZER_H
