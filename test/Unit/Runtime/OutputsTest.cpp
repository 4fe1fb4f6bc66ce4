//===- OutputsTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

using namespace sopt::test;

TEST_F(RuntimeTest, ResultsAreInTheContextsMemory) {
  ASSERT_EQ(run(), SOPT_OK);
  expectProducts();
  EXPECT_EQ(outputs[0].type, SOPT_FLOAT);
  ASSERT_EQ(outputs[0].rank, 3);
  EXPECT_EQ(outputs[0].shape[0], 2);
  EXPECT_EQ(outputs[0].shape[1], 3);
  EXPECT_EQ(outputs[0].shape[2], 4);
  EXPECT_EQ(outputs[1].rank, 0);
}

TEST_F(RuntimeTest, ResultsAreInTheCallersBuffer) {
  float hidden[24];
  outputs[0].buffer = hidden;
  outputs[0].capacity = sizeof(hidden);
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_EQ(outputs[0].data, hidden);
  expectProducts();
}

TEST_F(RuntimeTest, ABufferMustHoldTheResult) {
  float hidden[24];
  outputs[0].buffer = hidden;
  outputs[0].capacity = sizeof(hidden) - 1;
  expectError(SOPT_BUFFER_TOO_SMALL,
              "output 'hidden': needs 96 bytes, the buffer has 95");
  EXPECT_EQ(outputs[0].bytes, 96u);
}

TEST_F(RuntimeTest, StridedResultsBecomeContiguous) {
  // hidden is a transposed view, from an offset, of [4, seq, batch] + 1.
  fake_run = [](void *results, void *const *) {
    auto *data = allocate<float>(25);
    for (int i = 0; i < 25; ++i)
      data[i] = float(i);
    auto *start = reinterpret_cast<char *>(data);
    *static_cast<Results *>(results) = {{start, start, 1, {2, 3, 4}, {1, 2, 6}},
                                        makeCount(0)};
  };
  ASSERT_EQ(run(), SOPT_OK);
  auto *hidden = static_cast<const float *>(outputs[0].data);
  for (int b = 0; b < 2; ++b)
    for (int s = 0; s < 3; ++s)
      for (int i = 0; i < 4; ++i)
        EXPECT_EQ(hidden[(b * 3 + s) * 4 + i], float(1 + b + 2 * s + 6 * i));
}

TEST_F(RuntimeTest, BroadcastResultsBecomeContiguous) {
  fake_run = [](void *results, void *const *) {
    auto *data = allocate<float>(1);
    *data = 7;
    auto *start = reinterpret_cast<char *>(data);
    *static_cast<Results *>(results) = {{start, start, 0, {2, 3, 4}, {0, 0, 0}},
                                        makeCount(0)};
  };
  ASSERT_EQ(run(), SOPT_OK);
  for (int i = 0; i < 24; ++i)
    EXPECT_EQ(static_cast<const float *>(outputs[0].data)[i], 7);
}

TEST_F(RuntimeTest, StridesOfSingleDimensionsDoNotMatter) {
  fake_run = [](void *results, void *const *) {
    MemRef<3> hidden = makeHidden(allocate<float>(12), 1, 3);
    hidden.strides[0] = 999;
    *static_cast<Results *>(results) = {hidden, makeCount(0)};
  };
  setShape(1, 3);
  ASSERT_EQ(run(), SOPT_OK);
  uint64_t arena = sopt_context_arena_bytes(context);
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_EQ(sopt_context_arena_bytes(context), arena);
}

TEST_F(RuntimeTest, ResultsOutsideTheArenaAreCopied) {
  // As an identity graph, or one that returns a constant, would have it.
  static float constant[4] = {1, 2, 3, 4};
  fake_run = [](void *results, void *const *) {
    *static_cast<Results *>(results) = {makeHidden(constant, 1, 1),
                                        makeCount(1)};
  };
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_NE(outputs[0].data, constant);
  constant[2] = 0;
  EXPECT_EQ(static_cast<const float *>(outputs[0].data)[2], 3);
}

TEST_F(RuntimeTest, TheSameResultTwiceIsFine) {
  fake_run = [](void *results, void *const *) {
    Scalar count = makeCount(5);
    auto *data = reinterpret_cast<float *>(count.aligned);
    *static_cast<Results *>(results) = {makeHidden(data, 0, 0), count};
  };
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_EQ(*static_cast<const int64_t *>(outputs[1].data), 5);
}

TEST_F(RuntimeTest, ShapesAreKnownBeforeARun) {
  inputs[0].data = inputs[1].data = nullptr;
  ASSERT_EQ(sopt_output_shapes(context, inputs, 4, outputs, 2), SOPT_OK);
  EXPECT_EQ(outputs[0].bytes, 96u);
  EXPECT_EQ(outputs[0].shape[1], 3);
  EXPECT_EQ(outputs[1].bytes, 8u);
}

TEST_F(RuntimeTest, SymbolsOfInputsAreKnownInOutputs) {
  fake_shapes = [](const int64_t *, int64_t *) {};
  ASSERT_EQ(sopt_output_shapes(context, inputs, 4, outputs, 2), SOPT_OK);
  EXPECT_EQ(outputs[0].shape[0], 2);
  EXPECT_EQ(outputs[0].shape[1], 3);
  EXPECT_EQ(outputs[0].shape[2], 4);
}

TEST_F(RuntimeTest, ShapesThatDependOnDataAreUnknown) {
  fake_shapes = [](const int64_t *inputDims, int64_t *outputDims) {
    outputDims[0] = inputDims[0];
    outputDims[1] = -1;
  };
  ASSERT_EQ(sopt_output_shapes(context, inputs, 4, outputs, 2), SOPT_OK);
  EXPECT_EQ(outputs[0].bytes, 0u);
  EXPECT_EQ(outputs[0].shape[0], 2);
  EXPECT_EQ(outputs[0].shape[1], -1);
  EXPECT_EQ(outputs[0].shape[2], 4) << "static in the model";
}

TEST_F(RuntimeTest, ShapesNeedValidInputs) {
  maskShape[0] = 9;
  EXPECT_EQ(sopt_output_shapes(context, inputs, 4, outputs, 2),
            SOPT_INVALID_INPUT);
  EXPECT_STREQ(sopt_last_error(context),
               "input 'attention_mask': dimension 'batch' is 9 but input "
               "'input_ids' has 2");
}
