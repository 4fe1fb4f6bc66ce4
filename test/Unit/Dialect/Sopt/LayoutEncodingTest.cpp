//===- LayoutEncodingTest.cpp ---------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/LayoutEncoding.h"
#include "mlir/AsmParser/AsmParser.h"
#include "gtest/gtest.h"
#include <string>

using namespace mlir;
using namespace sopt;

using sparse_tensor::SparseTensorEncodingAttr;

namespace {
class LayoutEncodingTest : public ::testing::Test {
protected:
  LayoutEncodingTest() {
    context.loadDialect<SoptDialect, sparse_tensor::SparseTensorDialect>();
  }
  LayoutAttr parseLayout(const std::string &text) {
    return cast<LayoutAttr>(
        parseAttribute("#sopt.layout<" + text + ">", &context));
  }
  SparseTensorEncodingAttr parseEncoding(const std::string &text) {
    return cast<SparseTensorEncodingAttr>(
        parseAttribute("#sparse_tensor.encoding<{" + text + "}>", &context));
  }
  MLIRContext context;
};
} // namespace

// Upstream's own text, so that the two sides are not one mistake.
TEST_F(LayoutEncodingTest, RoundTrips) {
  const std::pair<const char *, const char *> pairs[] = {
      {"dense", "map = (i, j) -> (i : dense, j : dense)"},
      {"csr, i16", "map = (i, j) -> (i : dense, j : compressed), "
                   "posWidth = 32, crdWidth = 16"},
      {"csr, i64, i64", "map = (i, j) -> (i : dense, j : compressed), "
                        "posWidth = 64, crdWidth = 64"},
      {"coo, i32",
       "map = (i, j) -> (i : compressed(nonunique), j : singleton), "
       "crdWidth = 32"},
      {"block 4x2, i8",
       "map = (i, j) -> (i floordiv 4 : dense, j floordiv 2 : compressed, "
       "i mod 4 : dense, j mod 2 : dense), posWidth = 32, crdWidth = 8"},
      {"nm 2:4, i8", "map = (i, j) -> (i floordiv 4 : dense, j : dense, "
                     "i mod 4 : structured[2, 4]), crdWidth = 8"},
  };
  for (auto [layout, encoding] : pairs) {
    EXPECT_EQ(toEncoding(parseLayout(layout)), parseEncoding(encoding))
        << layout;
    EXPECT_EQ(fromEncoding(parseEncoding(encoding)), parseLayout(layout))
        << layout;
  }
}

TEST_F(LayoutEncodingTest, IndexIsSixtyFourBits) {
  EXPECT_EQ(fromEncoding(
                parseEncoding("map = (i, j) -> (i : dense, j : compressed)")),
            parseLayout("csr, i64, i64"));
}

TEST_F(LayoutEncodingTest, ManyEncodingsHaveNoLayout) {
  for (const char *encoding : {
           "map = (i) -> (i : compressed)",
           "map = (i, j) -> (j : dense, i : compressed)",
           "map = (i, j) -> (i : compressed, j : compressed)",
           "map = (i, j) -> (i : dense, j : compressed(nonordered))",
           "map = (i, j) -> (i : compressed(nonunique), j : singleton(soa))",
           "map = (i, j) -> (i : dense, j floordiv 4 : dense, "
           "j mod 4 : structured[2, 4])",
           "map = (i, j, k) -> (i : dense, j : dense, k : dense)",
           "map = (i, j) -> (i : dense, j : compressed), "
           "explicitVal = 1.0 : f32",
       })
    EXPECT_FALSE(fromEncoding(parseEncoding(encoding))) << encoding;
}
