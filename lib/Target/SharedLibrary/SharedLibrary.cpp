//===- SharedLibrary.cpp - A model as a native library --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Target/SharedLibrary.h"
#include "CodeGeneration.h"
#include "InfoTable.h"
#include "Linker.h"
#include "Weights.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace llvm;
using mlir::failure;
using mlir::LogicalResult;
using mlir::ModuleOp;
using mlir::success;

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

/// Null if LLVM knows no such CPU for this architecture.
static std::unique_ptr<TargetMachine> createMachine(StringRef cpu) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
  Triple triple(sys::getDefaultTargetTriple());
  std::string message;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return nullptr;
  SubtargetFeatures features;
  bool isNative = cpu == "native";
  if (isNative)
    for (const auto &feature : sys::getHostCPUFeatures())
      features.AddFeature(feature.first(), feature.second);
  std::unique_ptr<MCSubtargetInfo> info(
      target->createMCSubtargetInfo(triple, "", ""));
  StringRef name = isNative ? sys::getHostCPUName() : cpu;
  if (!info || !info->isCPUStringValid(name))
    return nullptr;
  // LLVM ends the process when it is to make code of 64 bits for one of 32.
  info.reset(target->createMCSubtargetInfo(triple, name, ""));
  if (triple.getArch() == Triple::x86_64 && !info->checkFeatures("+64bit"))
    return nullptr;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Standard;
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, name, features.getString(), options, Reloc::PIC_,
      CodeModel::Small, CodeGenOptLevel::Aggressive));
}

std::string sopt::getKernelISA(StringRef cpu) {
  std::unique_ptr<TargetMachine> machine = createMachine(cpu);
  if (!machine)
    return "";
  const MCSubtargetInfo &info = *machine->getMCSubtargetInfo();
  if (info.checkFeatures("+avx512f"))
    return "avx512";
  if (info.checkFeatures("+avx2") && info.checkFeatures("+fma"))
    return "avx2";
  return machine->getTargetTriple().isAArch64() ? "neon" : "generic";
}

std::vector<std::string> sopt::getKernelFeatures(StringRef cpu) {
  static constexpr std::pair<StringLiteral, StringLiteral> kFeatures[] = {
      {"+avx512vnni", "vnni"},   {"+avxvnni", "vnni"},
      {"+avx512bf16", "bf16"},   {"+avx512bw", "bw"},
      {"+amx-int8", "amx-int8"}, {"+amx-bf16", "amx-bf16"}};
  std::vector<std::string> features;
  std::unique_ptr<TargetMachine> machine = createMachine(cpu);
  if (!machine || !machine->getTargetTriple().isX86())
    return features;
  for (auto [feature, name] : kFeatures)
    if (machine->getMCSubtargetInfo()->checkFeatures(feature))
      features.push_back(name.str());
  if (machine->getTargetCPU() == "znver4")
    features.push_back("half-rate");
  return features;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

static std::unique_ptr<llvm::Module>
translate(ModuleOp source, LLVMContext &context, TargetMachine &machine) {
  mlir::MLIRContext *dialects = source.getContext();
  mlir::DialectRegistry registry;
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerOpenMPDialectTranslation(registry);
  dialects->appendDialectRegistry(registry);
  auto module = mlir::translateModuleToLLVMIR(source, context, "model");
  if (!module)
    return nullptr;
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  // Only the runtime's C interface is the library's.
  for (GlobalValue &value : module->global_values())
    if (!value.isDeclaration() && !value.hasLocalLinkage())
      value.setLinkage(GlobalValue::InternalLinkage);
  return module;
}

//===----------------------------------------------------------------------===//
// The library
//===----------------------------------------------------------------------===//

namespace {
/// A file that disappears, also where a signal ends the program.
class TemporaryFile {
public:
  explicit TemporaryFile(StringRef suffix) {
    error = sys::fs::createTemporaryFile("sparse-opt", suffix, path);
    if (!error)
      sys::RemoveFileOnSignal(path);
  }
  /// A file that is yet to be written.
  explicit TemporaryFile(const SmallString<128> &path) : path(path) {
    sys::RemoveFileOnSignal(path);
  }
  ~TemporaryFile() {
    if (!error && !path.empty())
      remove();
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  void remove() {
    (void)sys::fs::remove(path);
    sys::DontRemoveFileOnSignal(path);
    path.clear();
  }

  std::error_code error;
  SmallString<128> path;
};
} // namespace

LogicalResult sopt::emitSharedLibrary(ModuleOp source, StringRef path,
                                      const SharedLibraryOptions &options) {
  auto step = [&](StringRef name) {
    if (options.progress)
      options.progress(name);
  };
  std::unique_ptr<TargetMachine> machine = createMachine(options.cpu);
  if (!machine)
    return source.emitError()
           << "LLVM knows no CPU '" << options.cpu << "' of this architecture";
  std::string runtime =
      options.runtimePath.empty() ? findRuntime() : options.runtimePath;
  if (runtime.empty())
    return source.emitError("cannot find libSparseOptRuntime.a, which is "
                            "installed with sparse-opt");
  TemporaryFile weights("weights");
  if (weights.error)
    return source.emitError()
           << "cannot make a temporary file: " << weights.error.message();

  step("write weights");
  auto assembly = externalizeWeights(source, weights.path);
  if (failed(assembly))
    return failure();
  step("generate code");
  LLVMContext context;
  std::unique_ptr<llvm::Module> module = translate(source, context, *machine);
  if (!module)
    return failure();
  addInfoTable(source, *module);
  unsigned numParts = countParts(*module, options.sanitizer);
  std::vector<std::unique_ptr<TemporaryFile>> objects;
  std::vector<std::string> inputs;
  for (unsigned i = 0; i < numParts; ++i) {
    objects.push_back(std::make_unique<TemporaryFile>("o"));
    if (objects.back()->error)
      return source.emitError() << "cannot make a temporary file: "
                                << objects.back()->error.message();
    inputs.push_back(objects.back()->path.str().str());
  }
  Error error = generateCode(
      std::move(module), [&] { return createMachine(options.cpu); },
      options.sanitizer, *assembly, inputs);
  if (error)
    return source.emitError() << toString(std::move(error));
  weights.remove();

  step("link");
  // Beside its place, so that renaming it there is atomic.
  SmallString<128> beside;
  sys::fs::createUniquePath(path + ".%%%%%%%%", beside, /*MakeAbsolute=*/false);
  TemporaryFile linked(beside);
  inputs.push_back(runtime);
  error =
      linkSharedLibrary(inputs, beside, options.sanitizer != Sanitizer::None);
  if (!error)
    error = errorCodeToError(sys::fs::rename(beside, path));
  if (!error)
    return success();
  return source.emitError()
         << "cannot write '" << path << "': " << toString(std::move(error));
}
