//===- InferenceSchemas.h - Schemas to infer shapes by ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_INFERENCESCHEMAS_H
#define SPARSE_OPT_LIB_IMPORT_INFERENCESCHEMAS_H

#include <onnx/defs/schema.h>

namespace sopt {

/// ONNX's schemas, with two differences.
///
/// Data propagation takes and gives no vector of more than 256 elements. It is
/// there for sizes, of which a shape has a few, but holds each element of each
/// vector of known length, whatever it means: a Range to 10¹² in a file of 200
/// bytes, or one that each of 10,000 nodes cuts by one element.
///
/// STFT has a shape where the length of its signal is open, too, and half of
/// the spectrum where it does not say `onesided`, which is the default.
const ::onnx::ISchemaRegistry &getInferenceSchemas();

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_INFERENCESCHEMAS_H
