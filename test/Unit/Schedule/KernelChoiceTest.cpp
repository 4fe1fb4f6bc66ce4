//===- KernelChoiceTest.cpp - Laws of the choice of a kernel --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/KernelChoice.h"
#include "Isas.h"
#include "gtest/gtest.h"
#include <random>

using namespace sopt;

namespace {

/// A weight with so many non-zeros, in blocks that hold `perBlock` of them.
WeightPattern makePattern(int64_t k, int64_t n, double density,
                          double perBlock) {
  WeightPattern pattern = {k, n};
  pattern.nonZeros = int64_t(double(k * n) * density);
  pattern.blocksOf4 = int64_t(double(pattern.nonZeros) / perBlock);
  return pattern;
}

TEST(WeightPattern, CountsZerosAndBlocks) {
  // Both zeros are zeros; the last block of a row has only one column.
  const float weight[] = {0.0f, 1.0f, -0.0f, 2.0f, 3.0f, //
                          0.0f, 0.0f, 0.0f,  0.0f, 0.0f, //
                          0.0f, 0.0f, 0.0f,  0.0f, -1.0f};
  WeightPattern pattern = WeightPattern::of(weight, 3, 5);
  EXPECT_EQ(pattern.nonZeros, 4);
  EXPECT_EQ(pattern.blocksOf4, 3);
  EXPECT_DOUBLE_EQ(pattern.getFill(), 3.0);
}

TEST(WeightPattern, CountsGroupsOfInputs) {
  // The second column has 3 non-zeros in a row, of two groups; the last group
  // has one input.
  const float weight[] = {1.0f, 0.0f, //
                          0.0f, 0.0f, //
                          0.0f, 1.0f, //
                          0.0f, 1.0f, //
                          1.0f, 1.0f};
  EXPECT_EQ(WeightPattern::of(weight, 5, 2).mostOf4, 2);
  EXPECT_EQ(
      WeightPattern::of(llvm::ArrayRef(weight).take_front(4), 2, 2).mostOf4, 1);
  const float zeros[4] = {0.0f, -0.0f};
  EXPECT_EQ(WeightPattern::of(zeros, 2, 2).mostOf4, 0);
}

TEST(WeightPattern, ExpectsGroups) {
  auto getMost = [](int64_t keep, int64_t of) {
    return WeightPattern::expectNM(64, 64, keep, of).mostOf4;
  };
  EXPECT_EQ(getMost(2, 4), 2);
  EXPECT_EQ(getMost(1, 2), 2);
  EXPECT_EQ(getMost(1, 8), 1);
  EXPECT_EQ(getMost(6, 8), 4);
  EXPECT_EQ(getMost(1, 3), 4) << "such groups are no groups of 4";
  EXPECT_EQ(WeightPattern::expectNM(64, 64, 1, 4).nonZeros, 1024);
}

// A weight in groups is read as such where that is fastest, for as many stored
// elements as it needs; one with more than fit is not.
TEST(KernelChoice, KnowsGroups) {
  const MachineCosts machine = *lookUpMachineCosts("avx2");
  for (int64_t tokens : {1, 128}) {
    auto choose = [&](WeightPattern pattern) {
      return chooseKernel(machine, pattern, tokens, tokens);
    };
    WeightPattern two = WeightPattern::expectNM(768, 3072, 2, 4);
    EXPECT_EQ(choose(two).kernel, LayerKernel::TwoOf4) << tokens;
    EXPECT_EQ(choose(WeightPattern::expectNM(768, 3072, 1, 4)).kernel,
              LayerKernel::OneOf4)
        << tokens;
    EXPECT_EQ(getKept(choose(WeightPattern::expect(768, 3072, 0.5, 1)).kernel),
              0)
        << tokens;
    EXPECT_NE(choose(two).reason.find("of 4 inputs at most 2 stay: nm 2:4"),
              std::string::npos)
        << choose(two).reason;
  }
}

// Selections cost more than products.
TEST(KernelChoice, SelectsNoInputs) {
  const MachineCosts machine = *lookUpMachineCosts("generic");
  for (int64_t keep : {1, 2}) {
    WeightPattern pattern = WeightPattern::expectNM(768, 3072, keep, 4);
    EXPECT_EQ(getKept(chooseKernel(machine, pattern, 128, 1).kernel), 0);
  }
}

// A dense weight is computed as dense, one without anything but zeros is not.
TEST(KernelChoice, FollowsExtremes) {
  for (const char *isa : kIsas) {
    const MachineCosts machine = *lookUpMachineCosts(isa);
    for (int64_t tokens : {16, 128, 512}) {
      KernelChoice full =
          chooseKernel(machine, makePattern(384, 1536, 1, 4), tokens, 1);
      EXPECT_EQ(full.kernel, LayerKernel::Dense) << isa << " " << tokens;
      EXPECT_EQ(full.reason, "no zeros");
      KernelChoice empty =
          chooseKernel(machine, makePattern(384, 1536, 0, 1), tokens, 1);
      EXPECT_NE(empty.kernel, LayerKernel::Dense) << isa << " " << tokens;
    }
  }
}

// No choice is predicted to be slower than dense, and more zeros never make a
// layer slower.
TEST(KernelChoice, NeverLoses) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const MachineCosts machine = *lookUpMachineCosts(kIsas[random() % 4]);
    int64_t k = 1 + random() % 4096, n = 1 + random() % 4096;
    int64_t tokens = 1 + random() % 600;
    double perBlock = 1 + double(random() % 31) / 10;
    double before = 0;
    for (double density : {0.0, 0.02, 0.1, 0.3, 0.6, 1.0}) {
      KernelChoice choice = chooseKernel(
          machine, makePattern(k, n, density, perBlock), tokens, tokens);
      EXPECT_LE(choice.time, choice.denseTime);
      EXPECT_GE(choice.time, before);
      before = choice.time * 0.94; // What a switch of kernels may save.
    }
  }
}

// In fewer bits the choice is the fastest of the kernels that there are, and
// what none of them beats stays in f32.
TEST(KernelChoice, RoundsWhereThatIsFaster) {
  std::vector<std::string> vnni = {"vnni"};
  const MachineCosts fast = *lookUpMachineCosts("avx512", vnni);
  auto choose = [](const MachineCosts &machine, double density, double perBlock,
                   LayerPrecision precision) {
    return chooseKernel(machine, makePattern(768, 768, density, perBlock), 128,
                        128, precision);
  };
  KernelChoice dense = choose(fast, 0.5, 1, LayerPrecision::Int8);
  EXPECT_EQ(dense.kernel, LayerKernel::Dense);
  EXPECT_EQ(dense.precision, LayerPrecision::Int8);
  EXPECT_LT(dense.time, dense.denseTime);
  KernelChoice csr = choose(fast, 0.1, 1, LayerPrecision::Int8);
  EXPECT_EQ(csr.kernel, LayerKernel::Csr);
  EXPECT_EQ(csr.precision, LayerPrecision::Int8);
  KernelChoice blocks = choose(fast, 0.1, 4, LayerPrecision::Int8);
  EXPECT_EQ(blocks.kernel, LayerKernel::Block4);
  EXPECT_EQ(blocks.precision, LayerPrecision::Int8);
  EXPECT_LT(blocks.time, csr.time);

  KernelChoice exact = choose(fast, 0.05, 1, LayerPrecision::Bf16);
  EXPECT_EQ(exact.kernel, LayerKernel::Csr);
  EXPECT_EQ(exact.precision, LayerPrecision::F32)
      << "there is no such kernel in bf16";
  EXPECT_NE(exact.reason.find("csr, faster in fp32 than bf16"),
            std::string::npos)
      << exact.reason;
  const MachineCosts slow = *lookUpMachineCosts("generic");
  EXPECT_EQ(choose(slow, 0.1, 4, LayerPrecision::Int8).precision,
            LayerPrecision::F32);
  // AVX2 has no instructions for bf16: any kernel in f32 is faster, and one
  // without zeros that pay is not what was asked for.
  const MachineCosts emulating = *lookUpMachineCosts("avx2");
  for (double density : {0.95, 1.0}) {
    KernelChoice asked = choose(emulating, density, 4, LayerPrecision::Bf16);
    EXPECT_GT(asked.time, asked.denseTime);
    EXPECT_EQ(asked.kernel, LayerKernel::Dense) << density;
    EXPECT_EQ(asked.precision, LayerPrecision::Bf16) << density;
  }
}

// From the break-even on, and not before, CSR is predicted to beat dense.
TEST(LayerCosts, BreakEvenIsWhereTimesMeet) {
  for (const char *isa : kIsas) {
    const MachineCosts machine = *lookUpMachineCosts(isa);
    WeightPattern pattern = makePattern(768, 3072, 1, 1);
    double zeros = getCsrBreakEven(machine, pattern, 128);
    ASSERT_GT(zeros, 0.02) << isa;
    ASSERT_LT(zeros, 0.9) << isa;
    auto csrTime = [&](double zeros) {
      return predictTime(machine, makePattern(768, 3072, 1 - zeros, 1),
                         LayerKernel::Csr, 128);
    };
    double dense = predictTime(machine, pattern, LayerKernel::Dense, 128);
    EXPECT_GT(csrTime(zeros - 0.01), dense);
    EXPECT_LT(csrTime(zeros + 0.01), dense);
  }
}

// Zen 1 needs 1.3 times as long for the elements of this layer, one by one, as
// to read it whole.
TEST(KernelChoice, OneTokenStaysDense) {
  WeightPattern pattern = makePattern(384, 1536, 0.2, 1.4);
  const MachineCosts machine = *lookUpMachineCosts("avx2");
  EXPECT_EQ(chooseKernel(machine, pattern, 1, 1).kernel, LayerKernel::Dense);
  EXPECT_EQ(chooseKernel(machine, pattern, 128, 128).kernel, LayerKernel::Csr);
}

// A second copy of the weight must be worth its space.
TEST(KernelChoice, DenseIsKeptForATenth) {
  for (const char *isa : kIsas)
    for (double density : {0.1, 0.2, 0.3}) {
      const MachineCosts machine = *lookUpMachineCosts(isa);
      WeightPattern pattern = makePattern(768, 768, density, 1);
      KernelChoice choice = chooseKernel(machine, pattern, 128, 1);
      if (choice.kernel == LayerKernel::Dense)
        continue;
      double worst = 0;
      for (int64_t tokens = 1; tokens < 128; ++tokens) {
        double share =
            predictTime(machine, pattern, choice.kernel, tokens) /
            predictTime(machine, pattern, LayerKernel::Dense, tokens);
        worst = std::max(worst, share);
        if (tokens >= choice.denseBelow)
          EXPECT_LE(share, 1.1) << isa << " " << density << " " << tokens;
      }
      EXPECT_EQ(choice.denseBelow > 0, worst > 1.1) << isa << " " << density;
    }
}

TEST(KernelChoice, SaysWhy) {
  const MachineCosts machine = *lookUpMachineCosts("avx512");
  KernelChoice choice =
      chooseKernel(machine, makePattern(384, 1536, 0.1, 1.1), 128, 128);
  EXPECT_EQ(choice.kernel, LayerKernel::Csr);
  EXPECT_NE(choice.reason.find("90 % zeros: csr breaks even at "),
            std::string::npos)
      << choice.reason;
  EXPECT_NE(choice.reason.find("4x1 blocks store 3.6 x the non-zeros: csr"),
            std::string::npos)
      << choice.reason;
}

} // namespace
