//===- InputsTest.cpp -----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

using namespace sopt::test;

TEST_F(RuntimeTest, ElementTypeMustBeTheModels) {
  inputs[0].type = SOPT_INT32;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': element type is int32, must be int64");
  inputs[0].type = 1000;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': element type is undefined, must be int64");
}

TEST_F(RuntimeTest, RankMustBeTheModels) {
  inputs[2].rank = 3;
  expectError(SOPT_INVALID_INPUT, "input 'scale': rank is 3, must be 1");
  inputs[2].rank = -1;
  expectError(SOPT_INVALID_INPUT, "input 'scale': rank is -1, must be 1");
}

TEST_F(RuntimeTest, ShapeMustBeGiven) {
  inputs[1].shape = nullptr;
  expectError(SOPT_INVALID_INPUT, "input 'attention_mask': shape is null");
}

TEST_F(RuntimeTest, StaticSizeMustBeTheModels) {
  scaleShape[0] = 5;
  expectError(SOPT_INVALID_INPUT, "input 'scale': dimension 0 is 5, must be 4");
}

TEST_F(RuntimeTest, SizeMustNotBeNegative) {
  idsShape[1] = -3;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': dimension 1 is -3, must not be negative");
}

TEST_F(RuntimeTest, EqualSymbolsHaveEqualSizes) {
  maskShape[1] = 17;
  expectError(SOPT_INVALID_INPUT,
              "input 'attention_mask': dimension 'seq' is 17 but input "
              "'input_ids' has 3");
}

TEST_F(RuntimeTest, BytesMustFitIn64Bits) {
  idsShape[0] = maskShape[0] = INT64_MAX / 2;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': size in bytes does not fit in 64 bits");
  // No elements, but no product of sizes is safe either.
  idsShape[1] = maskShape[1] = 0;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': size in bytes does not fit in 64 bits");
}

TEST_F(RuntimeTest, DataMustBeThere) {
  inputs[0].data = nullptr;
  expectError(SOPT_INVALID_INPUT, "input 'input_ids': data is null");
}

TEST_F(RuntimeTest, DataMayBeNullWithoutElements) {
  setShape(0, 5);
  inputs[0].data = inputs[1].data = nullptr;
  EXPECT_EQ(run(), SOPT_OK);
  EXPECT_EQ(outputs[0].bytes, 0u);
  EXPECT_EQ(outputs[0].shape[0], 0);
  EXPECT_EQ(outputs[0].shape[1], 5);
}

TEST_F(RuntimeTest, DataMustBeAligned) {
  inputs[0].data = reinterpret_cast<char *>(ids.data()) + 4;
  expectError(SOPT_INVALID_INPUT,
              "input 'input_ids': data is not aligned to 8 bytes");
}

TEST_F(RuntimeTest, BoolsMustBeZeroOrOne) {
  flag = 2;
  expectError(SOPT_INVALID_INPUT, "input 'flag': a bool is neither 0 nor 1");
}

TEST_F(RuntimeTest, CountsMustBeTheModels) {
  EXPECT_EQ(sopt_run(context, inputs, 3, outputs, 2), SOPT_INVALID_INPUT);
  EXPECT_STREQ(sopt_last_error(context), "the model takes 4 inputs, not 3");
  EXPECT_EQ(sopt_run(context, nullptr, 4, outputs, 2), SOPT_INVALID_INPUT);
  EXPECT_STREQ(sopt_last_error(context), "the model takes 4 inputs, not 0");
  EXPECT_EQ(sopt_run(context, inputs, 4, outputs, 1), SOPT_INVALID_INPUT);
  EXPECT_STREQ(sopt_last_error(context), "the model gives 2 outputs, not 1");
  EXPECT_EQ(sopt_run(context, inputs, 4, nullptr, 2), SOPT_INVALID_INPUT);
  EXPECT_STREQ(sopt_last_error(context), "the model gives 2 outputs, not 0");
}

TEST_F(RuntimeTest, AFailureIsForgottenByTheNextRun) {
  inputs[2].rank = 3;
  EXPECT_EQ(run(), SOPT_INVALID_INPUT);
  inputs[2].rank = 1;
  EXPECT_EQ(run(), SOPT_OK);
  EXPECT_STREQ(sopt_last_error(context), "");
}
