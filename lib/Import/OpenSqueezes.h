//===- OpenSqueezes.h - What a Squeeze drops that does not say --*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_OPENSQUEEZES_H
#define SPARSE_OPT_LIB_IMPORT_OPENSQUEEZES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <onnx/onnx_pb.h>

namespace sopt {

/// Names the dimensions that each Squeeze of `model` without axes drops. It
/// drops those of size 1, which leaves the rank open where a size is: that of
/// the batch, say, in models that were traced with a batch of 1. Sizes that are
/// open are 1 or none is, whichever alone lets the model fit together; where
/// both do, or neither, the node stays as it is.
///
/// `fits` infers the shapes of a model in place, and says whether they agree
/// with each other and with those that it declares.
void settleOpenSqueezes(::onnx::ModelProto &model,
                        llvm::function_ref<bool(::onnx::ModelProto &)> fits);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_OPENSQUEEZES_H
