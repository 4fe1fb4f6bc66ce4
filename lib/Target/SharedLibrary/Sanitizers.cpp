//===- Sanitizers.cpp - Emitted code that watches itself ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sanitizers.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"

using namespace llvm;

static void addPasses(ModulePassManager &passes, sopt::Sanitizer sanitizer) {
  switch (sanitizer) {
  case sopt::Sanitizer::None:
    return;
  case sopt::Sanitizer::Address: {
    // Kernels are unrolled so far that checks in line would take minutes to
    // compile.
    AddressSanitizerOptions options;
    options.InstrumentationWithCallsThreshold = 0;
    passes.addPass(AddressSanitizerPass(options));
    return;
  }
  case sopt::Sanitizer::Thread:
    passes.addPass(ModuleThreadSanitizerPass());
    passes.addPass(createModuleToFunctionPassAdaptor(ThreadSanitizerPass()));
    return;
  }
}

void sopt::addSanitizer(PassBuilder &builder, llvm::Module &module,
                        Sanitizer sanitizer) {
  if (sanitizer == Sanitizer::None)
    return;
  for (Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(sanitizer == Sanitizer::Address
                             ? Attribute::SanitizeAddress
                             : Attribute::SanitizeThread);
  builder.registerOptimizerLastEPCallback(
      [=](ModulePassManager &passes, OptimizationLevel, ThinOrFullLTOPhase) {
        addPasses(passes, sanitizer);
      });
}
