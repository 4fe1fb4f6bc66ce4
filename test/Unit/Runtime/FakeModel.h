//===- FakeModel.h - Stands for generated code ------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define SPARSE_OPT_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "sparse-opt/Runtime/ModelInfo.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What generated code does, set by each test. */
extern void (*fake_run)(void *results, void *const *arguments);
extern void (*fake_shapes)(const int64_t *inputDims, int64_t *outputDims);

#ifdef __cplusplus
}
#endif

#endif // SPARSE_OPT_TEST_UNIT_RUNTIME_FAKEMODEL_H
