//===- Branches.h - Conditions that are known before a run ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_IMPORT_BRANCHES_H
#define SPARSE_OPT_LIB_IMPORT_BRANCHES_H

#include <onnx/onnx_pb.h>

namespace sopt {

/// Whether a node of `graph` holds a graph.
bool hasSubgraphs(const ::onnx::GraphProto &graph);

/// Puts, in place of each If whose condition constants and inferred sizes
/// decide, the branch that is taken. Returns whether there was one.
///
/// Exporters write "drop this dimension if its size is 1" as an If whose
/// branches differ in rank. Only when it is gone is the rank known of what
/// comes after; so infer shapes, call this, and again until it changes nothing.
bool foldBranches(::onnx::GraphProto &graph);

/// Takes a branch of such an If, the one after `skipped` others in `graph` and
/// the graphs in it, though its condition is not known: that which drops the
/// dimension, or that which keeps it. Returns whether there is one.
bool foldSqueeze(::onnx::GraphProto &graph, unsigned skipped, bool drops);

} // namespace sopt

#endif // SPARSE_OPT_LIB_IMPORT_BRANCHES_H
