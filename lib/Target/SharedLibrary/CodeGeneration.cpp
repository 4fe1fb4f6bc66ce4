//===- CodeGeneration.cpp - LLVM IR to object files -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeGeneration.h"
#include "Sanitizers.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Transforms/IPO/DeadArgumentElimination.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/IPO/SCCP.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LoopUnrollPass.h"
#include "llvm/Transforms/Utils/SplitModule.h"

using namespace llvm;

//===----------------------------------------------------------------------===//
// Optimization
//===----------------------------------------------------------------------===//

/// Unrolls loops of few iterations: over the window of a convolution, say.
static void addShortLoopUnrolling(FunctionPassManager &passes,
                                  OptimizationLevel level) {
  auto options = LoopUnrollOptions(int(level.getSpeedupLevel()))
                     .setPartial(false)
                     .setRuntime(false)
                     .setFullUnrollMaxCount(16);
  passes.addPass(LoopUnrollPass(options));
}

static void
runPipeline(Module &module, TargetMachine &machine, sopt::Sanitizer sanitizer,
            function_ref<ModulePassManager(PassBuilder &)> getPipeline) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  // Kernels are unrolled where they are made. LLVM's own unrolling of a model's
  // other loops can make five times the code, which is no faster.
  tuning.LoopUnrolling = false;
  PassBuilder builder(&machine, tuning);
  builder.registerVectorizerStartEPCallback(addShortLoopUnrolling);
  sopt::addSanitizer(builder, module, sanitizer);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  getPipeline(builder).run(module, modules);
}

static void setTarget(Module &module, const TargetMachine &machine) {
  for (Function &function : module) {
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(Attribute::NoUnwind);
  }
}

/// Does what sees a function and all of its calls, which splitting parts: a
/// buffer is passed with all of its sizes and strides, most of them constants
/// or not used.
static void simplifyCalls(Module &module, TargetMachine &machine) {
  runPipeline(module, machine, sopt::Sanitizer::None, [](PassBuilder &) {
    ModulePassManager passes;
    passes.addPass(GlobalDCEPass());
    passes.addPass(IPSCCPPass());
    passes.addPass(createModuleToFunctionPassAdaptor(EarlyCSEPass()));
    passes.addPass(DeadArgumentEliminationPass());
    return passes;
  });
}

//===----------------------------------------------------------------------===//
// Object files
//===----------------------------------------------------------------------===//

static Error emitObject(Module &module, TargetMachine &machine,
                        StringRef path) {
  std::error_code error;
  raw_fd_ostream os(path, error, sys::fs::OF_None);
  if (error)
    return createFileError(path, error);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr,
                                  CodeGenFileType::ObjectFile))
    return createStringError("LLVM emits no object files for this machine");
  passes.run(module);
  os.close();
  error = os.error();
  os.clear_error();
  return error ? createFileError(path, error) : Error::success();
}

static Error emitPart(Module &module, TargetMachine &machine,
                      sopt::Sanitizer sanitizer, StringRef assembly,
                      StringRef path) {
  runPipeline(module, machine, sanitizer, [](PassBuilder &builder) {
    return builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3);
  });
  module.appendModuleInlineAsm(assembly);
  return emitObject(module, machine, path);
}

unsigned sopt::countParts(const Module &module, Sanitizer sanitizer) {
  // LLVM takes a second for some ten thousand instructions.
  constexpr unsigned kPart = 2000, kMost = 64;
  if (sanitizer != Sanitizer::None)
    return 1;
  return std::clamp(module.getInstructionCount() / kPart, 1u, kMost);
}

/// Lets other files use what is local to `module`, under a name that none of
/// the C library's functions has.
static void shareLocals(Module &module) {
  for (GlobalValue &value : module.global_values()) {
    if (!value.hasLocalLinkage())
      continue;
    value.setName((value.getName() + ".model").str());
    value.setLinkage(GlobalValue::ExternalLinkage);
    value.setVisibility(GlobalValue::HiddenVisibility);
  }
}

/// The parts of a module, which threads with contexts of their own can read.
static std::vector<SmallVector<char, 0>> split(Module &module, unsigned count) {
  std::vector<SmallVector<char, 0>> parts;
  SplitModule(module, count, [&](std::unique_ptr<Module> part) {
    raw_svector_ostream os(parts.emplace_back());
    WriteBitcodeToFile(*part, os);
  });
  return parts;
}

Error sopt::generateCode(std::unique_ptr<Module> module,
                         MachineFactory createMachine, Sanitizer sanitizer,
                         StringRef assembly, ArrayRef<std::string> paths) {
  std::unique_ptr<TargetMachine> machine = createMachine();
  setTarget(*module, *machine);
  if (paths.size() == 1)
    return emitPart(*module, *machine, sanitizer, assembly, paths.front());
  simplifyCalls(*module, *machine);
  shareLocals(*module);
  std::vector<SmallVector<char, 0>> parts = split(*module, paths.size());
  module.reset();
  assert(parts.size() == paths.size());

  std::vector<std::string> problems(parts.size());
  DefaultThreadPool pool(hardware_concurrency());
  for (size_t i = 0; i < parts.size(); ++i)
    pool.async([&, i] {
      LLVMContext context;
      StringRef bytes(parts[i].data(), parts[i].size());
      auto part = cantFail(parseBitcodeFile({bytes, paths[i]}, context));
      problems[i] =
          toString(emitPart(*part, *createMachine(), sanitizer,
                            i == 0 ? assembly : StringRef(), paths[i]));
    });
  pool.wait();
  for (const std::string &problem : problems)
    if (!problem.empty())
      return createStringError(problem);
  return Error::success();
}
