//===- ExternalDataTest.cpp - Models that one file cannot hold ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "sparse-opt/Export/Export.h"
#include "sparse-opt/Import/Import.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace sopt;

namespace {
/// A folder of its own for each test.
struct ExternalDataTest : testing::Test {
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("export", folder));
    context.loadDialect<onnx::ONNXDialect, func::FuncDialect>();
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(folder); }

  std::string getPath(StringRef name) const {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    return std::string(path);
  }

  /// x + first + second, two weights of 4000 bytes that count from 0 and 1.
  OwningOpRef<ModuleOp> makeModel() {
    auto module = parseSourceString<ModuleOp>(R"mlir(
      func.func @main_graph(%x: tensor<1000xf32> {onnx.name = "x"})
          -> (tensor<1000xf32> {onnx.name = "y"}) {
        %a = onnx.Constant() {value = dense<0.0> : tensor<1000xf32>} : () -> tensor<1000xf32> loc("first")
        %b = onnx.Constant() {value = dense<0.0> : tensor<1000xf32>} : () -> tensor<1000xf32> loc("second")
        %0 = onnx.Add(%x, %a) : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32>
        %1 = onnx.Add(%0, %b) : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32>
        return %1 : tensor<1000xf32>
      })mlir",
                                              &context);
    float start = 0;
    module->walk([&](onnx::ConstantOp op) {
      onnx::ConstantWriter writer(
          cast<RankedTensorType>(op.getOutput().getType()));
      for (auto [index, value] : llvm::enumerate(writer.getAs<float>()))
        value = start + index;
      op.setValueAttr(writer.finish());
      ++start;
    });
    return module;
  }

  llvm::SmallString<128> folder;
  MLIRContext context;
};
} // namespace

TEST_F(ExternalDataTest, WeightsBesideTheModel) {
  OwningOpRef<ModuleOp> module = makeModel();
  std::string path = getPath("m.onnx");
  ASSERT_TRUE(succeeded(exportONNX(*module, path, /*maxBytes=*/4000)));
  uint64_t size;
  ASSERT_FALSE(llvm::sys::fs::file_size(path + ".data", size));
  // The second weight starts where a page does.
  EXPECT_EQ(size, 4096u + 4000u);

  OwningOpRef<ModuleOp> again = importONNX(path, &context);
  ASSERT_TRUE(again);
  unsigned numRead = 0;
  again->walk([&](onnx::ConstantOp op) {
    auto data = onnx::ConstantData::get(Value(op.getOutput()));
    ASSERT_TRUE(data);
    float start = data->getDouble(0);
    EXPECT_TRUE(start == 0 || start == 1);
    EXPECT_EQ(data->getDouble(999), start + 999);
    ++numRead;
  });
  EXPECT_EQ(numRead, 2u);
}

TEST_F(ExternalDataTest, OneFileWhereItFits) {
  OwningOpRef<ModuleOp> module = makeModel();
  std::string path = getPath("m.onnx");
  ASSERT_TRUE(succeeded(exportONNX(*module, path)));
  EXPECT_FALSE(llvm::sys::fs::exists(path + ".data"));
  EXPECT_TRUE(importONNX(path, &context));
}

TEST_F(ExternalDataTest, NothingIsLeftOfAModelTooLarge) {
  OwningOpRef<ModuleOp> module = makeModel();
  std::string path = getPath("m.onnx"), message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  EXPECT_TRUE(failed(exportONNX(*module, path, /*maxBytes=*/100)));
  EXPECT_NE(message.find("the graph alone is larger than an ONNX file can be"),
            std::string::npos)
      << message;
  EXPECT_FALSE(llvm::sys::fs::exists(path));
  EXPECT_FALSE(llvm::sys::fs::exists(path + ".data"));
}
