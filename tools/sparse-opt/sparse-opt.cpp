//===- sparse-opt.cpp - The compiler driver -------------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "Explain.h"
#include "MeasureMachine.h"
#include "RaterAgreement.h"
#include "Supported.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "sparse-opt/InitAll.h"
#include "llvm/Support/InitLLVM.h"
#include <csignal>

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A file over the limit then is an error of the write, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  sopt::hideRegisteredOptions();
  mlir::registerAllPasses();
  sopt::registerAllPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  sopt::registerAllDialects(registry);

  sopt::registerOptions();
  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv,
      "sparse-opt: compiles ONNX models\n\n"
      "  sparse-opt m.onnx -o m.mlir                 read a model\n"
      "  sparse-opt m.onnx --raise -o raised.onnx    raise it\n"
      "  sparse-opt m.onnx --target=cpu -o m.so      compile it\n"
      "and all that mlir-opt does.\n",
      registry);
  sopt::Options options = sopt::getOptions();
  if (!options.explain.empty())
    return mlir::asMainReturnCode(sopt::explain(options.explain));
  if (!options.raterAgreement.empty())
    return mlir::asMainReturnCode(
        sopt::printRaterAgreement(options.raterAgreement));
  if (options.measureMachine)
    return mlir::asMainReturnCode(
        sopt::measureMachine(registry, options.quiet));
  if (options.listSupported != sopt::ListFormat::None) {
    mlir::MLIRContext context(registry);
    sopt::printSupported(&context,
                         options.listSupported == sopt::ListFormat::JSON,
                         llvm::outs());
    return 0;
  }
  if (!sopt::isModelCommand(input, output, options))
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, input, output, registry));
  return mlir::asMainReturnCode(sopt::runModelCommand(
      input, output, options, mlir::MlirOptMainConfig::createFromCLOptions(),
      registry));
}
