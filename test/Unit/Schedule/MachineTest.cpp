//===- MachineTest.cpp - Laws of measured costs ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Schedule/Machine.h"
#include "Isas.h"
#include "gtest/gtest.h"

using namespace sopt;

namespace {

void expectSame(const MachineCosts &a, const MachineCosts &b) {
  EXPECT_EQ(a.isa, b.isa);
  EXPECT_NEAR(a.denseProduct, b.denseProduct, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.csrElement, b.csrElement, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.csrNearProduct, b.csrNearProduct, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.csrFarProduct, b.csrFarProduct, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.blockElement, b.blockElement, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.blockProducts, b.blockProducts, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.csrOneToken, b.csrOneToken, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.blockOneToken, b.blockOneToken, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.nmElement, b.nmElement, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.nmProduct, b.nmProduct, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.transposedVector, b.transposedVector, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.weightByte, b.weightByte, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.bf16Product, b.bf16Product, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.int8Product, b.int8Product, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.int8CsrProduct, b.int8CsrProduct, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.int8BlockProducts, b.int8BlockProducts, 1e-6) << a.isa.str();
  EXPECT_NEAR(a.roundedVector, b.roundedVector, 1e-6) << a.isa.str();
  EXPECT_EQ(a.medianError, b.medianError) << a.isa.str();
}

// From the times that a machine is predicted to take, its costs come back.
TEST(Machine, FitInvertsPrediction) {
  for (const char *isa : kIsas) {
    MachineCosts machine = *lookUpMachineCosts(isa);
    // Else one of them is hidden behind another: reading a weight behind its
    // products, products from afar behind those from near.
    machine.weightByte = machine.denseProduct / machine.lanes / sizeof(float);
    machine.csrFarProduct = 1.5 * machine.csrNearProduct;
    std::vector<double> times;
    for (const Probe &probe : getProbes(machine.lanes))
      times.push_back(predictTime(machine, probe.getPattern(), probe.kernel,
                                  probe.tokens, probe.precision));
    MachineCosts other = *lookUpMachineCosts(isa);
    expectSame(fitCosts(other, times), machine);
  }
}

TEST(Machine, ErrorIsTheMedianOfChecks) {
  const MachineCosts machine = *lookUpMachineCosts("avx2");
  std::vector<double> times;
  for (const Probe &check : getChecks())
    times.push_back(predictTime(machine, check.getPattern(), check.kernel,
                                check.tokens, check.precision));
  EXPECT_EQ(getMedianError(machine, times), 0);
  for (double &time : times)
    time *= 2;
  EXPECT_EQ(getMedianError(machine, times), 0.5);
  times.front() = 1;
  EXPECT_EQ(getMedianError(machine, times), 0.5) << "one layer counts once";
}

TEST(Machine, FileKeepsAllCosts) {
  for (const char *isa : kIsas) {
    const MachineCosts machine = *lookUpMachineCosts(isa);
    std::string text;
    llvm::raw_string_ostream os(text);
    writeMachine(machine, os);
    llvm::Expected<MachineCosts> read = parseMachine(text);
    ASSERT_TRUE(bool(read)) << toString(read.takeError());
    expectSame(*read, machine);
  }
}

// Files outlive versions, each of which may know more costs.
TEST(Machine, FileMayLackCosts) {
  llvm::Expected<MachineCosts> read =
      parseMachine(R"({"isa": "avx2", "denseProduct": 7})");
  ASSERT_TRUE(bool(read)) << toString(read.takeError());
  MachineCosts expected = *lookUpMachineCosts("avx2");
  expected.denseProduct = 7;
  expectSame(*read, expected);
}

// What such a file lacks is told by the processor's features.
TEST(Machine, FileMayLackFewerBits) {
  std::vector<std::string> vnni = {"vnni"};
  llvm::Expected<MachineCosts> read =
      parseMachine(R"({"isa": "avx512"})", vnni);
  ASSERT_TRUE(bool(read)) << toString(read.takeError());
  expectSame(*read, *lookUpMachineCosts("avx512", vnni));
  EXPECT_LT(read->int8Product, lookUpMachineCosts("avx512")->int8Product);
}

TEST(Machine, SaysWhatIsWrongWithAFile) {
  auto getError = [](llvm::StringRef text) {
    return toString(parseMachine(text).takeError());
  };
  EXPECT_EQ(getError("[]"), "names no isa");
  EXPECT_EQ(getError("{\"isa\": \"avx1024\"}"), "unknown isa 'avx1024'");
  EXPECT_EQ(getError("{\"isa\": \"avx2\", \"csrElement\": \"low\"}"),
            "'csrElement' is no cost");
  EXPECT_EQ(getError("{\"isa\": \"avx2\", \"denseProduct\": -1}"),
            "'denseProduct' is no cost");
}

} // namespace
