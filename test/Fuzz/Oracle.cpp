//===- Oracle.cpp - What must hold whatever the input ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Oracle.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "sparse-opt/Transforms/Passes.h"
#include <cstdlib>

using namespace mlir;
using namespace sopt;

/// Ends the process as a failed assertion does, for libFuzzer to keep the
/// input.
static void require(bool holds, const llvm::Twine &promise) {
  if (holds)
    return;
  llvm::errs() << "broken promise: " << promise << '\n';
  std::abort();
}

/// A context for many inputs, since to load our dialects takes as long as to
/// read a small model. It keeps all attributes that ever were in it: from time
/// to time a new one takes its place.
static MLIRContext *getContext() {
  constexpr int mostUses = 500;
  static std::unique_ptr<MLIRContext> context;
  static int uses = 0;
  if (context && ++uses < mostUses)
    return context.get();
  uses = 0;
  context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  context
      ->loadDialect<sopt::onnx::ONNXDialect, SoptDialect, func::FuncDialect>();
  return context.get();
}

static bool isAnyConstantLeftOut(ModuleOp module) {
  AttrTypeWalker walker;
  walker.addWalk([](DenseResourceElementsAttr constant) {
    return constant.getRawHandle().getBlob() ? WalkResult::advance()
                                             : WalkResult::interrupt();
  });
  return module
      .walk([&](Operation *op) { return walker.walk(op->getAttrDictionary()); })
      .wasInterrupted();
}

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

void sopt::checkModule(
    llvm::function_ref<OwningOpRef<ModuleOp>(MLIRContext *)> read,
    bool hasOneError) {
  MLIRContext *context = getContext();
  std::string error;
  int errors = 0;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return;
    ++errors;
    error = diagnostic.str();
  });
  OwningOpRef<ModuleOp> module = read(context);
  if (!module) {
    require(errors > 0, "a refusal says why");
    require(!hasOneError || errors == 1, "there is one error: " + error);
    require(!hasOneError || error.size() <= 2000, "an error is short");
    return;
  }
  require(errors == 0, "what is accepted has no error: " + error);
  if (isAnyConstantLeftOut(*module))
    return;

  PassManager passes(context);
  passes.addPass(createFoldConstants());
  passes.addPass(createSimplifyONNXShapes());
  passes.addPass(createFoldConstants());
  passes.addPass(createCSEPass());
  passes.addPass(createRaiseONNX());
  passes.addPass(createCanonicalizerPass());
  bool passed = succeeded(passes.run(*module));
  require(passed || errors > 0, "a pass that fails says why");
  require(!passed || errors == 0, "passes that pass have no error: " + error);
  if (!passed)
    return;
  OwningOpRef<ModuleOp> again =
      parseSourceString<ModuleOp>(print(*module), ParserConfig(context));
  require(bool(again), "what was printed can be parsed: " + error);
}
