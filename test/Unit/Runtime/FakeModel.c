//===- FakeModel.c - Stands for generated code ----------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table of a model with two token inputs, a static and a bool one; what it
// computes is up to each test.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

static const int64_t tokenDims[] = {-1, -1}, scaleDims[] = {4};
static const char *const tokenNames[] = {"batch", "seq"};
static const char *const scaleNames[] = {""};
static const int64_t hiddenDims[] = {-1, -1, 4};
static const char *const hiddenNames[] = {"batch", "seq", ""};

static const SoptTensorInfo inputs[] = {
    {"input_ids", SOPT_INT64, 2, tokenDims, tokenNames},
    {"attention_mask", SOPT_INT64, 2, tokenDims, tokenNames},
    {"scale", SOPT_FLOAT, 1, scaleDims, scaleNames},
    {"flag", SOPT_BOOL, 0, 0, 0},
};
static const SoptTensorInfo outputs[] = {
    {"hidden", SOPT_FLOAT, 3, hiddenDims, hiddenNames},
    {"count", SOPT_INT64, 0, 0, 0},
};
static const char *const nodes[] = {"/embed/Gather", "/encoder/MatMul"};

void (*fake_run)(void *results, void *const *arguments);
void (*fake_shapes)(const int64_t *inputDims, int64_t *outputDims);

static void run(void *results, void *const *arguments) {
  fake_run(results, arguments);
}

static void shapes(const int64_t *inputDims, int64_t *outputDims) {
  fake_shapes(inputDims, outputDims);
}

const SoptModelInfo sopt_model_info = {
    SOPT_ABI_VERSION, 4, 2, 2, inputs, outputs, nodes, run, shapes,
};
