//===- InitAll.h - Register everything of this project ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_INITALL_H
#define SPARSE_OPT_INITALL_H

#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/IR/DialectRegistry.h"
#include "sparse-opt/Conversion/IntrinsicEffects.h"
#include "sparse-opt/Conversion/Passes.h"
#include "sparse-opt/Pipelines/CPU.h"
#include "sparse-opt/Pipelines/Raise.h"
#include "sparse-opt/Transforms/Passes.h"

namespace sopt {

inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<onnx::ONNXDialect, SoptDialect>();
  registerIntrinsicEffects(registry);
}

inline void registerAllPasses() {
  registerConversionPasses();
  registerTransformsPasses();
  registerRaisePipeline();
  registerCPUPipeline();
}

} // namespace sopt

#endif // SPARSE_OPT_INITALL_H
