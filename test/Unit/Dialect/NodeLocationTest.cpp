//===- NodeLocationTest.cpp - Names survive what passes do to locations ---===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/NodeLocation.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace sopt::onnx;
using Names = llvm::SmallVector<llvm::StringRef>;

TEST(NodeLocationTest, KeepsNames) {
  MLIRContext context;
  Location one = getNodeLocation(&context, "node", {"y"});
  EXPECT_EQ(getNodeName(one), "node");
  EXPECT_EQ(getResultNames(one), Names({"y"}));
  Location two = getNodeLocation(&context, "split", {"a", "b"});
  EXPECT_EQ(getResultNames(two), Names({"a", "b"}));
  Location weight = getNodeLocation(&context, "weight", {});
  EXPECT_EQ(getNodeName(weight), "weight");
  EXPECT_TRUE(getResultNames(weight).empty());
}

TEST(NodeLocationTest, ReadsFusedLocations) {
  MLIRContext context;
  Location matmul = getNodeLocation(&context, "matmul", {"m"});
  Location add = getNodeLocation(&context, "add", {"y"});
  Location fused =
      FusedLoc::get(&context, {UnknownLoc::get(&context), add, matmul, add});
  EXPECT_EQ(getNodeName(fused), "add");
  EXPECT_EQ(getNodeNames(fused), Names({"add", "matmul"}));
  EXPECT_EQ(getResultNames(fused), Names({"y"}));
}

TEST(NodeLocationTest, FindsNothingElsewhere) {
  MLIRContext context;
  Location file = FileLineColLoc::get(&context, "m.mlir", 1, 2);
  EXPECT_EQ(getNodeName(file), "");
  EXPECT_TRUE(getResultNames(file).empty());
  EXPECT_TRUE(getNodeNames(UnknownLoc::get(&context)).empty());
}
