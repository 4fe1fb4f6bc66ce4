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

class SizeTable;

/// Tensors of unsigned integers become tensors of signless ones. Holds what is
/// known of the sizes of the tensors that have been converted.
class OnnxTypeConverter : public mlir::TypeConverter {
public:
  OnnxTypeConverter();
  ~OnnxTypeConverter() override;

  SizeTable &getSizes() const { return *sizes; }

private:
  std::unique_ptr<SizeTable> sizes;
};

/// Patterns for every operation of the onnx dialect that has a lowering, for
/// constants and for the signatures of functions. They call the functions
/// `sopt_rt_bad_index` and `sopt_rt_bad_shape`, which the module must declare.
void populateOnnxToLinalgPatterns(const OnnxTypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);

} // namespace sopt

#endif // SPARSE_OPT_CONVERSION_ONNXTOLINALG_H
