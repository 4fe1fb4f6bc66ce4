//===- OuterConstants.h - Constants that subgraphs see ----------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_OUTERCONSTANTS_H
#define SPARSE_OPT_LIB_IMPORT_OUTERCONSTANTS_H

#include "llvm/ADT/SmallVector.h"
#include <onnx/onnx_pb.h>

namespace sopt {

class Scope;

/// As long as it lives, each subgraph of a graph has as its own the small
/// constants that it uses of the graphs around it. The library knows the types
/// of those but not their elements, and so not what a Reshape or Unsqueeze by
/// them gives; it even refuses a Resize to sizes of an unknown number.
class LentConstants {
public:
  explicit LentConstants(::onnx::GraphProto &graph);
  ~LentConstants();
  LentConstants(const LentConstants &) = delete;
  LentConstants &operator=(const LentConstants &) = delete;

private:
  struct Borrower {
    ::onnx::GraphProto *graph;
    int numOwn; ///< Initializers before those that are lent.
  };
  void lend(::onnx::GraphProto &graph, const Scope *parent);

  llvm::SmallVector<Borrower> borrowers;
};

/// Leaves out inputs of a Resize in a subgraph that are constants without
/// elements, which mean as much: export may find them around the subgraph,
/// where the library does not see that they are empty.
void dropEmptyInputs(::onnx::GraphProto &graph);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_OUTERCONSTANTS_H
