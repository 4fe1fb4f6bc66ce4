//===- RunTest.cpp --------------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"
#include <atomic>
#include <fstream>
#include <iterator>
#include <omp.h>
#include <sched.h>
#include <string>
#include <thread>

using namespace sopt::test;

TEST_F(RuntimeTest, DescribesTheModel) {
  EXPECT_EQ(sopt_abi_version(), SOPT_ABI_VERSION);
  ASSERT_EQ(sopt_num_inputs(), 4);
  ASSERT_EQ(sopt_num_outputs(), 2);
  EXPECT_STREQ(sopt_input_info(0)->name, "input_ids");
  EXPECT_STREQ(sopt_input_info(0)->dimNames[1], "seq");
  EXPECT_STREQ(sopt_output_info(1)->name, "count");
  EXPECT_EQ(sopt_input_info(4), nullptr);
  EXPECT_EQ(sopt_input_info(-1), nullptr);
  EXPECT_EQ(sopt_output_info(2), nullptr);
  EXPECT_STREQ(sopt_node_name(1), "/encoder/MatMul");
  EXPECT_EQ(sopt_node_name(2), nullptr);
  EXPECT_STREQ(sopt_type_name(SOPT_BFLOAT16), "bfloat16");
  EXPECT_EQ(sopt_type_size(SOPT_COMPLEX128), 16u);
  EXPECT_EQ(sopt_type_size(8), 0u) << "strings";
  EXPECT_EQ(sopt_type_size(INT32_MAX), 0u);
}

TEST_F(RuntimeTest, AShapeThatHasRunAllocatesNothing) {
  int64_t seqs[] = {3, 200000, 1, 0, 70000};
  for (int64_t seq : seqs) {
    setShape(2, seq);
    ASSERT_EQ(run(), SOPT_OK);
  }
  uint64_t before = sopt_context_allocations(context);
  for (int round = 0; round < 3; ++round)
    for (int64_t seq : seqs) {
      setShape(2, seq);
      ASSERT_EQ(run(), SOPT_OK);
      expectProducts();
    }
  EXPECT_EQ(sopt_context_allocations(context), before);
}

TEST_F(RuntimeTest, MemoryThatCannotBeHadEndsTheRun) {
  fake_run = [](void *, void *const *) {
    sopt_rt_node(1);
    _mlir_memref_to_llvm_alloc(100);
    _mlir_memref_to_llvm_aligned_alloc(64, uint64_t(1) << 60);
    ADD_FAILURE() << "generated code went on";
  };
  expectError(
      SOPT_OUT_OF_MEMORY,
      "node '/encoder/MatMul': no memory for 1152921504606846976 bytes");
  fake_run = [](void *, void *const *) {
    sopt_rt_node(0);
    _mlir_memref_to_llvm_alloc(UINT64_MAX);
  };
  expectError(SOPT_OUT_OF_MEMORY,
              "node '/embed/Gather': no memory for 18446744073709551615 bytes");
  fake_run = multiply;
  ASSERT_EQ(run(), SOPT_OK);
  expectProducts();
}

TEST_F(RuntimeTest, AResultTooLargeToCopyIsAnError) {
  fake_run = [](void *results, void *const *) {
    MemRef<3> hidden = makeHidden(allocate<float>(1), 1 << 20, 1 << 30);
    hidden.strides[0] = hidden.strides[1] = hidden.strides[2] = 0;
    *static_cast<Results *>(results) = {hidden, makeCount(0)};
  };
  expectError(SOPT_OUT_OF_MEMORY,
              "output 'hidden': no memory for 18014398509481984 bytes");
}

TEST_F(RuntimeTest, TheFirstFailureOfANodeIsReported) {
  fake_run = [](void *results, void *const *arguments) {
    sopt_rt_node(0);
    sopt_rt_bad_index(30522, 30522);
    sopt_rt_node(1);
    sopt_rt_bad_shape(3, 4);
    multiply(results, arguments);
  };
  expectError(SOPT_NODE_FAILED,
              "node '/embed/Gather': index 30522 is out of range for a "
              "dimension of size 30522");
  fake_run = [](void *results, void *const *arguments) {
    sopt_rt_node(1);
    sopt_rt_bad_shape(3, 4);
    multiply(results, arguments);
  };
  expectError(SOPT_NODE_FAILED,
              "node '/encoder/MatMul': a dimension has size 3 where 4 is "
              "needed");
}

// The processor's flags of Linux tell what it lets programs use.
TEST_F(RuntimeTest, TileRegistersAreAskedFor) {
  static int64_t threads;
  threads = 0;
  fake_run = [](void *results, void *const *arguments) {
    sopt_rt_node(1);
    threads = sopt_rt_tile_threads();
    multiply(results, arguments);
  };
  std::ifstream file("/proc/cpuinfo");
  std::string cpu{std::istreambuf_iterator<char>(file), {}};
  if (cpu.find(" amx_tile ") != std::string::npos) {
    ASSERT_EQ(run(), SOPT_OK);
    EXPECT_EQ(threads, 1);
    return;
  }
  expectError(SOPT_UNSUPPORTED,
              "node '/encoder/MatMul': the system grants no AMX tile "
              "registers; compile for a processor without them");
  EXPECT_EQ(threads, 0) << "generated code went on";
}

TEST_F(RuntimeTest, ProfileAddsUpOverRuns) {
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_EQ(sopt_profile_nanoseconds(context, 1), 0u);
  sopt_profile_enable(context, 1);
  setShape(100, 100);
  ASSERT_EQ(run(), SOPT_OK);
  uint64_t once = sopt_profile_nanoseconds(context, 1);
  EXPECT_GT(once, 0u);
  EXPECT_GT(sopt_profile_nanoseconds(context, 0), 0u);
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_GT(sopt_profile_nanoseconds(context, 1), once);
  EXPECT_EQ(sopt_profile_nanoseconds(context, 2), 0u);
  EXPECT_EQ(sopt_flops(context), 100u * 100 * 4) << "of the last run only";
  sopt_profile_enable(context, 0);
  EXPECT_EQ(sopt_profile_nanoseconds(context, 1), 0u);
}

TEST_F(RuntimeTest, ThreadsAreAtMostTheUsableCpus) {
  cpu_set_t usable;
  ASSERT_EQ(sched_getaffinity(0, sizeof(usable), &usable), 0);
  for (int threads : {0, -5, 1 << 20}) {
    SoptContext *other = sopt_context_create(threads);
    EXPECT_EQ(sopt_context_threads(other), CPU_COUNT(&usable));
    sopt_context_destroy(other);
  }
  EXPECT_EQ(sopt_context_threads(context), 1);
}

TEST_F(RuntimeTest, ARunUsesItsContextsThreadsOnly) {
  static int seen;
  fake_run = [](void *results, void *const *arguments) {
    seen = omp_get_max_threads();
    multiply(results, arguments);
  };
  omp_set_num_threads(7);
  ASSERT_EQ(run(), SOPT_OK);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(omp_get_max_threads(), 7) << "the caller's setting is kept";
}

TEST_F(RuntimeTest, AContextInUseIsBusy) {
  static RuntimeTest *test;
  static SoptStatus inner;
  test = this;
  fake_run = [](void *results, void *const *arguments) {
    std::thread other([] { inner = test->run(); });
    other.join();
    multiply(results, arguments);
  };
  EXPECT_EQ(run(), SOPT_OK);
  EXPECT_EQ(inner, SOPT_BUSY);
}

TEST(Runtime, ContextsRunConcurrently) {
  struct Runs : RuntimeTest {
    void TestBody() override {
      for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(run(), SOPT_OK);
        expectProducts();
      }
    }
  };
  Runs first, second;
  second.setShape(5, 40);
  // Both wait inside their first run until the other is there, too.
  static std::atomic<int> inside;
  inside = 0;
  fake_run = [](void *results, void *const *arguments) {
    ++inside;
    while (inside < 2)
      std::this_thread::yield();
    multiply(results, arguments);
  };
  std::thread other([&] { second.TestBody(); });
  first.TestBody();
  other.join();
}

TEST_F(RuntimeTest, AContextThatCouldNotBeHadRunsNothing) {
  EXPECT_EQ(sopt_run(nullptr, inputs, 4, outputs, 2), SOPT_OUT_OF_MEMORY);
  EXPECT_EQ(sopt_output_shapes(nullptr, inputs, 4, outputs, 2),
            SOPT_OUT_OF_MEMORY);
  EXPECT_STREQ(sopt_last_error(nullptr), "there is no context");
  EXPECT_EQ(sopt_context_threads(nullptr), 0);
  EXPECT_EQ(sopt_context_allocations(nullptr), 0u);
  EXPECT_EQ(sopt_context_arena_bytes(nullptr), 0u);
  EXPECT_EQ(sopt_flops(nullptr), 0u);
  sopt_profile_enable(nullptr, 1);
  EXPECT_EQ(sopt_profile_nanoseconds(nullptr, 0), 0u);
  sopt_context_destroy(nullptr);
}
