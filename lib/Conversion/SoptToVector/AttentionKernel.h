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
#include <limits>

namespace sopt {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Softmax(q·kᵀ·scale + mask)·v, head by head, without a matrix of scores: keys
/// come in blocks, and what was summed before is rescaled when a block brings a
/// greater score (online softmax). Of the keys, a tile of queries visits only
/// those that masks let some query of it see; see AttentionOrder.cpp.
///
/// Work is cut into tasks of one tile of queries of one head. A fixed number of
/// workers, more than there are threads, share the tasks and run in parallel;
/// each has scratch of its own, so its size does not depend on the model's.
class AttentionKernel {
public:
  /// `headSize` and `valueSize`: features of a head in q and k, and in v.
  AttentionKernel(AttentionOp op, int64_t headSize, int64_t valueSize);

  /// Whether, with top_k, keys that are not chosen weigh nothing.
  bool canChoose() const;
  std::string getName() const;
  /// Arguments: q, k, v, bias, padding and group as far as there are any,
  /// scale, fill, y.
  void build(VectorBuilder &b, mlir::ValueRange arguments);

private:
  /// One tile of queries, while it is being computed.
  struct Task {
    mlir::Value worker, batch, head;
    /// The queries, and their places in the order; past the last one, that one
    /// again.
    llvm::SmallVector<mlir::Value> queries, places;
    /// How many of them to write.
    mlir::Value count;
  };
  /// Places in the order of keys.
  struct Range {
    mlir::Value begin, end;
  };
  /// One vector of keys.
  struct Keys {
    mlir::Value first;     ///< Place of the first one.
    mlir::Value exist;     ///< Which lanes are keys that are visited.
    mlir::Value positions; ///< All of them, as i32.
  };
  /// What adding `fill` does to a score.
  enum class FillKind {
    Infinite, ///< Masked keys weigh nothing.
    Far,      ///< They do so if the query has any other key.
    Near,     ///< They may weigh something.
  };

  /// What `state` holds for each row.
  enum StateIndex : int64_t { kGreatest, kTotal, kSeen, kNumStates };

  // The steps before the tasks.
  void allocateScratch(VectorBuilder &b);
  void buildPackedKeys(VectorBuilder &b);
  /// A place in packedKeys: a head, a panel, and the first of some lanes.
  struct PackedPlace {
    mlir::Value row, panel, lane;
  };
  /// Packs keys for the lanes from `place` on, square by square.
  void buildPackedSquares(VectorBuilder &b, mlir::Value batch, mlir::Value head,
                          const PackedPlace &place);

  // AttentionOrder.cpp
  void allocateOrder(VectorBuilder &b);
  void buildOrder(VectorBuilder &b);
  void buildGroups(VectorBuilder &b, mlir::Value batch);
  void buildSortByDigit(VectorBuilder &b, mlir::Value batch, mlir::Value digit);
  void buildRealKeysFirst(VectorBuilder &b, mlir::Value batch);
  mlir::Value getGroup(VectorBuilder &b, mlir::Value batch, mlir::Value token);
  mlir::Value isReal(VectorBuilder &b, mlir::Value batch, mlir::Value key);
  mlir::Value getNumReal(VectorBuilder &b, mlir::Value batch);
  /// The key or query at a place of the order.
  mlir::Value getKey(VectorBuilder &b, mlir::Value batch, mlir::Value place);
  mlir::Value getQuery(VectorBuilder &b, mlir::Value batch, mlir::Value place);
  mlir::Value getQueryGroup(VectorBuilder &b, const Task &task, int64_t row);
  Range buildPositions(VectorBuilder &b, const Task &task);
  /// The keys that a tile has to visit, from the first of a panel on.
  Range buildRange(VectorBuilder &b, const Task &task);

  // The steps of a task.
  void buildTask(VectorBuilder &b, mlir::Value worker, mlir::Value task);
  void buildTile(VectorBuilder &b, const Task &task);
  void buildVisit(VectorBuilder &b, const Task &task, const Range &range);
  mlir::Value buildMissesKeys(VectorBuilder &b, const Task &task);
  void buildStart(VectorBuilder &b, const Task &task);
  void buildScores(VectorBuilder &b, const Task &task, const Range &block,
                   mlir::Value panel);
  /// The keys from place `first` on, as far as they are in `range`.
  Keys getKeys(VectorBuilder &b, const Task &task, mlir::Value first,
               const Range &range);
  /// Applies bias and masks to a score and keeps it in `weights`.
  void storeScore(VectorBuilder &b, const Task &task, int64_t row,
                  const Keys &keys, mlir::Value column, mlir::Value score);
  void buildSoftmax(VectorBuilder &b, const Task &task, mlir::Value numKeys);
  void buildSums(VectorBuilder &b, const Task &task, const Range &block);
  void buildEnd(VectorBuilder &b, const Task &task);

  // AttentionTopK.cpp
  int64_t getRankBits() const;
  int32_t getLowestRank() const;
  mlir::Value toRank(VectorBuilder &b, mlir::Value score);
  mlir::Value toScore(VectorBuilder &b, mlir::Value rank);
  int64_t getNumSlots(VectorBuilder &b);
  void allocateTopK(VectorBuilder &b);
  void buildTopK(VectorBuilder &b, const Task &task);
  mlir::Value buildKthRank(VectorBuilder &b, mlir::Value memory,
                           mlir::Value worker, mlir::Value numVectors);
  mlir::Value buildBound(VectorBuilder &b, const Task &task, mlir::Value row,
                         mlir::Value keys);
  mlir::Value buildCandidates(VectorBuilder &b, const Task &task,
                              mlir::Value row, const Range &range,
                              mlir::Value bound);
  mlir::Value buildChoice(VectorBuilder &b, const Task &task,
                          mlir::Value count);
  mlir::Value getChosenKey(VectorBuilder &b, const Task &task, mlir::Value i);
  void buildChosenSum(VectorBuilder &b, const Task &task, mlir::Value row,
                      mlir::Value count);

  // AttentionPreselection.cpp
  int64_t getNumWords() const;
  void allocateRough(VectorBuilder &b);
  void buildRough(VectorBuilder &b);
  mlir::Value buildLevelsPerUnit(VectorBuilder &b, mlir::Value tensor,
                                 mlir::Value tokens, mlir::Value heads);
  void buildPlanes(VectorBuilder &b, mlir::Value factor, mlir::Value planes,
                   llvm::SmallVector<mlir::Value> place, int64_t word,
                   llvm::function_ref<mlir::Value(int64_t)> load);
  void buildRoughScores(VectorBuilder &b, const Task &task, const Range &range,
                        mlir::Value panel);
  void buildExactScores(VectorBuilder &b, const Task &task, mlir::Value query,
                        mlir::Value count);

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
  mlir::Value buildMask(VectorBuilder &b, const Task &task, int64_t row,
                        const Keys &keys);

  /// Where element `feature` of token `token` is in q, k, v or y.
  llvm::SmallVector<mlir::Value> at(VectorBuilder &b, mlir::Value batch,
                                    mlir::Value head, mlir::Value token,
                                    int64_t size, mlir::Value feature);
  mlir::Value getKeyHead(VectorBuilder &b, mlir::Value head);
  int64_t getPanelWidth(VectorBuilder &b);
  int64_t getBlockSize(VectorBuilder &b);

  AttentionOp op;
  int64_t headSize, valueSize;
  FillKind fillKind;

  mlir::Value q, k, v, bias, padding, group, scale, fill, y;
  mlir::Value numBatches, numQueries, numKeys, numTasks, numWorkers;
  /// By batch and head: k · scale in panels, as the weights of `linear`.
  mlir::Value packedKeys;
  /// By batch and place, if there are groups: the token, and the places at
  /// which its group begins and ends.
  mlir::Value tokens, groupBegins, groupEnds;
  /// By batch and place, if keys have an order of their own: the key, and
  /// where its group begins in `tokens`.
  mlir::Value keyOrder, keyGroups;
  /// By batch and place of `tokens`, and one more: how many keys before it are
  /// not padded.
  mlir::Value realBefore;
  /// By batch: to sort with.
  mlir::Value spare, counts;
  /// By worker and row of a tile: scores or weights of a block of keys, with
  /// top_k of all keys; sums of values; greatest score, sum of weights, and
  /// whether a key was not masked, each as a vector.
  mlir::Value weights, sums, state;
  /// By worker, with top_k, for the row at hand: greatest score in each slot
  /// and their ranks; ranks of a vector of keys; ranks and places of
  /// candidates; those of the chosen and their weights.
  mlir::Value slotMaxima, slotRanks, lineRanks, ranks, rankPlaces;
  mlir::Value chosenRanks, chosenPlaces, chosenWeights;
  /// By batch and head, with top_k_bits: signs and magnitudes of q and k, bit
  /// by bit, in panels.
  mlir::Value roughQueries, roughKeys;
};

} // namespace sopt

#endif // SPARSE_OPT_LIB_CONVERSION_SOPTTOVECTOR_ATTENTIONKERNEL_H
