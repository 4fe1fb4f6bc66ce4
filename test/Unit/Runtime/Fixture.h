//===- Fixture.h - Runs of the fake model -----------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TEST_UNIT_RUNTIME_FIXTURE_H
#define SPARSE_OPT_TEST_UNIT_RUNTIME_FIXTURE_H

#include "FakeModel.h"
#include "gtest/gtest.h"
#include <vector>

namespace sopt::test {

template <int rank> struct MemRef {
  char *allocated, *aligned;
  int64_t offset, sizes[rank], strides[rank];
};

/// A rank of 0 has no arrays, which C++ has no spelling for.
struct Scalar {
  char *allocated, *aligned;
  int64_t offset;
};

/// The memrefs of both outputs as generated code writes them.
struct Results {
  MemRef<3> hidden;
  Scalar count;
};

template <typename T> T *allocate(uint64_t count) {
  return static_cast<T *>(_mlir_memref_to_llvm_alloc(count * sizeof(T)));
}

inline MemRef<3> makeHidden(float *data, int64_t batch, int64_t seq) {
  char *start = reinterpret_cast<char *>(data);
  return {start, start, 0, {batch, seq, 4}, {seq * 4, 4, 1}};
}

inline Scalar makeCount(int64_t value) {
  auto *data = allocate<int64_t>(1);
  *data = value;
  return {reinterpret_cast<char *>(data), reinterpret_cast<char *>(data), 0};
}

/// hidden[b, s, i] = ids[b, s] * scale[i], count = batch * seq, by way of a
/// temporary that is as large as hidden.
inline void multiply(void *results, void *const *arguments) {
  auto &ids = *static_cast<MemRef<2> *>(arguments[0]);
  auto &scale = *static_cast<MemRef<1> *>(arguments[2]);
  int64_t count = ids.sizes[0] * ids.sizes[1];
  sopt_rt_node(0);
  auto *wide = allocate<float>(uint64_t(count) * 4);
  for (int64_t i = 0; i < count * 4; ++i)
    wide[i] = float(reinterpret_cast<int64_t *>(ids.aligned)[i / 4]);
  sopt_rt_node(1);
  sopt_rt_flops(count * 4);
  auto *hidden = allocate<float>(uint64_t(count) * 4);
  for (int64_t i = 0; i < count * 4; ++i)
    hidden[i] = wide[i] * reinterpret_cast<float *>(scale.aligned)[i % 4];
  _mlir_memref_to_llvm_free(wide);
  *static_cast<Results *>(results) = {
      makeHidden(hidden, ids.sizes[0], ids.sizes[1]), makeCount(count)};
}

inline void multiplyShapes(const int64_t *inputDims, int64_t *outputDims) {
  outputDims[0] = inputDims[0];
  outputDims[1] = inputDims[1];
  outputDims[2] = 4;
}

/// Inputs that the model takes, one context, and their run.
struct RuntimeTest : testing::Test {
  RuntimeTest() {
    fake_run = multiply;
    fake_shapes = multiplyShapes;
    setShape(2, 3);
  }
  ~RuntimeTest() override { sopt_context_destroy(context); }

  void setShape(int64_t batch, int64_t seq) {
    idsShape[0] = maskShape[0] = batch;
    idsShape[1] = maskShape[1] = seq;
    ids.resize(size_t(batch * seq));
    for (size_t i = 0; i < ids.size(); ++i)
      ids[i] = int64_t(i);
    mask.assign(ids.size(), 1);
    inputs[0].data = ids.data();
    inputs[1].data = mask.data();
  }

  SoptStatus run() { return sopt_run(context, inputs, 4, outputs, 2); }

  /// Whether `outputs` hold what multiply computes.
  void expectProducts() {
    ASSERT_EQ(outputs[0].bytes, ids.size() * 4 * sizeof(float));
    auto *hidden = static_cast<const float *>(outputs[0].data);
    for (size_t i = 0; i < ids.size() * 4; ++i)
      ASSERT_EQ(hidden[i], float(ids[i / 4]) * scale[i % 4]) << "at " << i;
    EXPECT_EQ(*static_cast<const int64_t *>(outputs[1].data),
              int64_t(ids.size()));
  }

  void expectError(SoptStatus status, const char *text) {
    EXPECT_EQ(run(), status);
    EXPECT_STREQ(sopt_last_error(context), text);
  }

  SoptContext *context = sopt_context_create(1);
  std::vector<int64_t> ids, mask;
  float scale[4] = {1, 2, 3, 4};
  uint8_t flag = 1;
  int64_t idsShape[2], maskShape[2], scaleShape[1] = {4};
  SoptInput inputs[4] = {{nullptr, SOPT_INT64, 2, idsShape},
                         {nullptr, SOPT_INT64, 2, maskShape},
                         {scale, SOPT_FLOAT, 1, scaleShape},
                         {&flag, SOPT_BOOL, 0, nullptr}};
  SoptOutput outputs[2] = {};
};

} // namespace sopt::test

#endif // SPARSE_OPT_TEST_UNIT_RUNTIME_FIXTURE_H
