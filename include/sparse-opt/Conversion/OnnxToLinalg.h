//===- OnnxToLinalg.h - From the onnx dialect to linalg ---------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_CONVERSION_ONNXTOLINALG_H
#define SPARSE_OPT_CONVERSION_ONNXTOLINALG_H

#include "mlir/Transforms/DialectConversion.h"
#include <memory>

namespace sopt {

struct LoweringState;

/// Tensors of unsigned integers become tensors of signless ones. Holds what one
/// conversion knows of the sizes of tensors and of what it refused.
class OnnxTypeConverter : public mlir::TypeConverter {
public:
  OnnxTypeConverter();
  ~OnnxTypeConverter() override;

  LoweringState &getState() const { return *state; }

private:
  std::unique_ptr<LoweringState> state;
};

/// Patterns for every operation of the onnx dialect that has a lowering, for
/// constants and for the signatures of functions. They call the functions
/// `sopt_rt_bad_index` and `sopt_rt_bad_shape`, which the module must declare.
void populateOnnxToLinalgPatterns(const OnnxTypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);

/// The operators of ONNX, such as "Add", that have such a pattern, sorted.
llvm::SmallVector<llvm::StringRef>
getLoweredOperators(mlir::MLIRContext *context);

} // namespace sopt

#endif // SPARSE_OPT_CONVERSION_ONNXTOLINALG_H
