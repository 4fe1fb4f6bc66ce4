//===- PackingTest.cpp ----------------------------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Sopt/IR/Packing.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "gtest/gtest.h"
#include <random>
#include <string>

using namespace mlir;
using namespace sopt;

namespace {
class PackingTest : public ::testing::Test {
protected:
  PackingTest() { context.loadDialect<SoptDialect>(); }

  LayoutAttr parseLayout(const std::string &text) {
    return cast<LayoutAttr>(
        parseAttribute("#sopt.layout<" + text + ">", &context));
  }
  DenseElementsAttr makeMatrix(int64_t rows, int64_t columns,
                               ArrayRef<float> values) {
    return DenseElementsAttr::get(
        RankedTensorType::get({rows, columns}, Float32Type::get(&context)),
        values);
  }
  InFlightDiagnostic emitError() {
    return mlir::emitError(UnknownLoc::get(&context));
  }
  /// What `pack` says where it refuses.
  std::string refuse(DenseElementsAttr matrix, LayoutAttr layout) {
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    EXPECT_TRUE(failed(pack(matrix, layout, [&] { return emitError(); })));
    return message;
  }
  MLIRContext context;
};

ArrayRef<char> getBytes(ElementsAttr elements) {
  if (auto dense = dyn_cast<DenseElementsAttr>(elements))
    return dense.getRawData();
  return cast<DenseResourceElementsAttr>(elements)
      .getRawHandle()
      .getBlob()
      ->getData();
}
} // namespace

// Sizes on both sides of what is kept inline; −0 and NaN keep their bits.
TEST_F(PackingTest, RoundTripsRandomMatrices) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(0, 1);
  for (const char *text : {"dense", "csr, i16", "csr, i8, i64", "coo, i8",
                           "block 1x1, i32", "block 4x2, i16", "nm 4:4, i8"}) {
    LayoutAttr layout = parseLayout(text);
    for (int trial = 0; trial < 30; ++trial) {
      int64_t rows = 4 * (random() % 8), columns = 2 * (random() % 20);
      float density = uniform(random);
      std::vector<float> values(rows * columns);
      for (float &value : values)
        if (uniform(random) < density)
          value = random() % 8 == 0   ? -0.0f
                  : random() % 8 == 0 ? NAN
                                      : uniform(random);
      DenseElementsAttr matrix = makeMatrix(rows, columns, values);
      auto emit = [&] { return emitError(); };
      FailureOr<PackedMatrix> packed = pack(matrix, layout, emit);
      ASSERT_TRUE(succeeded(packed)) << text;
      EXPECT_TRUE(succeeded(verifyShapes(*packed, emit))) << text;
      EXPECT_TRUE(succeeded(verifyIndices(*packed, emit))) << text;
      FailureOr<ElementsAttr> unpacked = unpack(*packed, emit);
      ASSERT_TRUE(succeeded(unpacked)) << text;
      ArrayRef<char> before(reinterpret_cast<const char *>(values.data()),
                            values.size() * sizeof(float));
      // A matrix of one value all over may come back as a splat.
      ArrayRef<char> after = getBytes(*unpacked);
      if (after.size() == sizeof(float))
        before = before.take_front(sizeof(float));
      EXPECT_EQ(before, after) << text;
    }
  }
}

TEST_F(PackingTest, StoresSplats) {
  DenseElementsAttr matrix = makeMatrix(4, 4, {2.0f});
  auto emit = [&] { return emitError(); };
  FailureOr<PackedMatrix> packed = pack(matrix, parseLayout("csr, i8"), emit);
  ASSERT_TRUE(succeeded(packed));
  EXPECT_EQ(packed->indices.getNumElements(), 16);
  EXPECT_EQ(*unpack(*packed, emit), ElementsAttr(matrix));
}

// A group with fewer than N elements is filled up by its first zeros.
TEST_F(PackingTest, FillsGroupsUp) {
  DenseElementsAttr matrix = makeMatrix(4, 1, {0, 0, 0, 9});
  FailureOr<PackedMatrix> packed =
      pack(matrix, parseLayout("nm 2:4, i8"), [&] { return emitError(); });
  ASSERT_TRUE(succeeded(packed));
  EXPECT_EQ(packed->indices,
            parseAttribute("dense<[[[0, 3]]]> : tensor<1x1x2xi8>", &context));
  EXPECT_EQ(
      packed->values,
      parseAttribute("dense<[[[0.0, 9.0]]]> : tensor<1x1x2xf32>", &context));
}

TEST_F(PackingTest, SaysWhatIsToBlame) {
  std::vector<float> wide(300, 0.0f);
  wide[299] = 1;
  EXPECT_EQ(refuse(makeMatrix(1, 300, wide), parseLayout("csr, i8")),
            "index 299 does not fit into i8");
  EXPECT_EQ(refuse(makeMatrix(3, 2, {1.0f}), parseLayout("block 2x2, i8")),
            "cannot divide 'tensor<3x2xf32>' into 2x2");
  EXPECT_EQ(refuse(makeMatrix(4, 1, {1, 1, 0, 1}), parseLayout("nm 2:4, i8")),
            "rows 0 to 3 of column 0 have 3 elements, more than 2");
}
