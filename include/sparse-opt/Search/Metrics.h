//===- Metrics.h - What a pruned model is judged by -------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A metric sees what a model gives for the calibration inputs, and says in one
// number how good that is. It knows no model and no file: those who do are in
// lib/Pipelines.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_SEARCH_METRICS_H
#define SPARSE_OPT_SEARCH_METRICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <vector>

namespace sopt {

/// A point for each item, row by row.
struct Embeddings {
  int64_t width = 0;
  std::vector<float> values;

  int64_t getItems() const {
    return width ? int64_t(values.size()) / width : 0;
  }
  llvm::ArrayRef<float> getRow(int64_t item) const {
    return llvm::ArrayRef(values).slice(item * width, width);
  }
};

/// Two items, and how alike people found them.
struct RatedPair {
  unsigned first, second;
  double score;
};

/// What a metric is told. It reads what it needs of this.
struct JudgedOutputs {
  /// Outputs of the model, and as many of the dense one, in the same order.
  std::vector<llvm::ArrayRef<float>> outputs, references;
  Embeddings embeddings;
  llvm::ArrayRef<int64_t> labels; ///< The class of each item.
  llvm::ArrayRef<RatedPair> pairs;
};

/// -|y - y0|^2 / |y0|^2 over all outputs: 0 is the dense model's. 0 also if its
/// outputs are all zero.
double measureDistance(const JudgedOutputs &judged);

/// Of pairs of items, one of the same class and one of two classes, the share
/// in which the cosine of the same is the larger one; equal cosines count half.
/// NaN unless there are pairs of both kinds. Takes items^2 numbers of memory.
double measurePairAuc(const JudgedOutputs &judged);

/// The share of items whose class a linear map of the others' embeddings tells:
/// ridge regression of the classes' indicators, with each item left out in turn
/// (in closed form). The ridge is the one of a few that leaves the least square
/// error so. NaN unless there are two classes.
double measureProbeAccuracy(const JudgedOutputs &judged);

/// Spearman's rank correlation of the pairs' scores and their cosines. NaN if
/// either are all equal.
double measureSpearman(const JudgedOutputs &judged);

/// What a metric needs besides the outputs.
enum class MetricNeed { Nothing, Labels, Scores };

struct Metric {
  llvm::StringLiteral name;
  MetricNeed need;
  /// The more, the better; NaN if it is not defined, or an output is not
  /// finite.
  double (*measure)(const JudgedOutputs &judged);
  /// How well one rater would do by another's standard if the metric judged
  /// raters as it does models: of ratings by their places (see getPlaces) for
  /// the same items, of which item i counts `weights[i]` times. NaN if that is
  /// not defined; null if raters have nothing to do with the metric.
  double (*agree)(llvm::ArrayRef<unsigned> first,
                  llvm::ArrayRef<unsigned> second,
                  llvm::ArrayRef<double> weights);
};

llvm::ArrayRef<Metric> getMetrics();

/// Null if there is none of this name.
const Metric *lookUpMetric(llvm::StringRef name);

} // namespace sopt

#endif // SPARSE_OPT_SEARCH_METRICS_H
