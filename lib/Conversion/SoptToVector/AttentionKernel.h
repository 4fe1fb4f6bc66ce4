//===- AttentionKernel.h - The body of an attention kernel ------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ATTENTIONKERNEL_H
#define SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ATTENTIONKERNEL_H

#include "VectorBuilder.h"
#include "dialects/Sopt/IR/Sopt.h"

namespace sopt {

/// Softmax(q·kᵀ·scale + mask)·v, head by head, without a matrix of scores: keys
/// come in blocks, and what was summed before is rescaled when a block brings a
/// greater score (online softmax).
///
/// Work is cut into tasks of one tile of queries of one head. A fixed number of
/// workers, more than there are threads, share the tasks and run in parallel;
/// each has scratch of its own, so its size does not depend on the model's.
class AttentionKernel {
public:
  /// `headSize` and `valueSize`: features of a head in q and k, and in v.
  AttentionKernel(AttentionOp op, int64_t headSize, int64_t valueSize)
      : op(op), headSize(headSize), valueSize(valueSize) {}

  std::string getName() const;
  /// Arguments: q, k, v, bias, padding and group as far as there are any,
  /// scale, fill, y.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// One tile of queries, while it is being computed.
  struct Task {
    mlir::Value worker, batch, head;
    /// The queries; past the last one, that one again.
    llvm::SmallVector<mlir::Value> queries;
    /// How many of them to write.
    mlir::Value count;
  };
  /// One vector of keys.
  struct Keys {
    mlir::Value first;     ///< Index of the first one.
    mlir::Value exist;     ///< Which lanes are keys at all.
    mlir::Value positions; ///< All of them, as i32.
  };

  /// What `state` holds for each row.
  enum StateIndex : int64_t { kGreatest, kTotal, kSeen, kNumStates };

  // The steps before the tasks.
  void allocateScratch(VectorBuilder &b);
  void buildPackedKeys(VectorBuilder &b);
  void buildPaddingFlags(VectorBuilder &b);

  // The steps of a task.
  void buildTask(VectorBuilder &b, mlir::Value worker, mlir::Value task);
  void buildTile(VectorBuilder &b, const Task &task);
  void buildStart(VectorBuilder &b, const Task &task);
  void buildScores(VectorBuilder &b, const Task &task, mlir::Value block,
                   mlir::Value panel);
  void buildSoftmax(VectorBuilder &b, const Task &task, mlir::Value numKeys);
  void buildSums(VectorBuilder &b, const Task &task, mlir::Value block,
                 mlir::Value numKeys);
  void buildEnd(VectorBuilder &b, const Task &task);

  // AttentionMask.cpp
  /// The score with bias and masks applied.
  mlir::Value buildMasked(VectorBuilder &b, const Task &task, int64_t row,
                          const Keys &keys, mlir::Value score);
  /// Notes in `state` whether a key was not masked.
  void buildSeen(VectorBuilder &b, const Task &task, int64_t row,
                 const Keys &keys, mlir::Value masked);
  mlir::Value buildBias(VectorBuilder &b, const Task &task, mlir::Value query,
                        const Keys &keys);
  /// Which keys the query must not see; null if no mask is there.
  mlir::Value buildMask(VectorBuilder &b, const Task &task, mlir::Value query,
                        const Keys &keys);

  mlir::Value buildOtherGroup(VectorBuilder &b, const Task &task,
                              mlir::Value query, const Keys &keys);

  /// Where element `feature` of token `token` is in q, k, v or y.
  llvm::SmallVector<mlir::Value> at(VectorBuilder &b, mlir::Value batch,
                                    mlir::Value head, mlir::Value token,
                                    int64_t size, mlir::Value feature);
  mlir::Value getKeyHead(VectorBuilder &b, mlir::Value head);
  int64_t getPanelWidth(VectorBuilder &b);
  int64_t getBlockSize(VectorBuilder &b);

  AttentionOp op;
  int64_t headSize, valueSize;

  mlir::Value q, k, v, bias, padding, group, scale, fill, y;
  mlir::Value numBatches, numQueries, numKeys, numTasks, numWorkers;
  /// By batch and head: k · scale in panels, as the weights of `linear`.
  mlir::Value packedKeys;
  /// By batch: 1 where a key is masked by padding.
  mlir::Value paddingFlags;
  /// By worker and row of a tile: scores or weights of a block of keys; sums of
  /// values; greatest score, sum of weights, and whether a key was not masked,
  /// each as a vector.
  mlir::Value weights, sums, state;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ATTENTIONKERNEL_H
