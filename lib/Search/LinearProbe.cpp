//===- LinearProbe.cpp - What a linear map tells of classes ---------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Math/Cholesky.h"
#include "sparse-opt/Search/Metrics.h"
#include "llvm/ADT/STLExtras.h"
#include <cblas.h>
#include <cmath>
#include <limits>
#include <map>

using namespace llvm;
using namespace sopt;

/// Of the mean square that the embeddings have in one of their directions.
static constexpr double kProbeRidges[] = {0.01, 0.1, 1, 10};

namespace {
/// Centred embeddings x and indicators of classes y, row by row.
struct Regression {
  int64_t items, width, classes;
  std::vector<double> x, y, meanY;
  std::vector<unsigned> wanted; ///< The class of each item.
  double ridgeUnit;
};

/// y - x*B of the regression on all items, and the diagonal of x's part of the
/// matrix that makes y the fitted values.
struct Fit {
  std::vector<double> residuals, leverages;
};
} // namespace

/// Subtracts the mean from each of `columns`, and returns the means.
static std::vector<double> centre(std::vector<double> &rows, int64_t columns) {
  std::vector<double> means(columns, 0.0);
  double count = double(rows.size()) / double(columns);
  for (auto [index, value] : enumerate(rows))
    means[index % columns] += value / count;
  for (auto [index, value] : enumerate(rows))
    value -= means[index % columns];
  return means;
}

static Regression makeRegression(const JudgedOutputs &judged) {
  const Embeddings &embeddings = judged.embeddings;
  std::map<int64_t, unsigned> numbers;
  for (int64_t label : judged.labels)
    numbers.emplace(label, 0);
  for (auto [index, entry] : enumerate(numbers))
    entry.second = index;
  Regression problem{embeddings.getItems(),
                     embeddings.width,
                     int64_t(numbers.size()),
                     {embeddings.values.begin(), embeddings.values.end()},
                     {},
                     {},
                     {},
                     0};
  problem.y.assign(problem.items * problem.classes, 0.0);
  for (auto [item, label] : enumerate(judged.labels)) {
    problem.wanted.push_back(numbers[label]);
    problem.y[item * problem.classes + numbers[label]] = 1;
  }
  centre(problem.x, problem.width);
  problem.meanY = centre(problem.y, problem.classes);
  double power = cblas_ddot(int(problem.x.size()), problem.x.data(), 1,
                            problem.x.data(), 1);
  problem.ridgeUnit = power / double(std::min(problem.items, problem.width));
  return problem;
}

/// x^T x or x x^T plus the ridge, factored: the smaller one.
static std::vector<double> factorGram(const Regression &problem, double ridge,
                                      bool isDual) {
  int64_t size = isDual ? problem.items : problem.width;
  int64_t inner = isDual ? problem.width : problem.items;
  std::vector<double> gram(size * size, 0.0);
  cblas_dsyrk(CblasRowMajor, CblasUpper, isDual ? CblasNoTrans : CblasTrans,
              int(size), int(inner), 1.0, problem.x.data(), int(problem.width),
              0.0, gram.data(), int(size));
  for (int64_t i = 0; i < size; ++i)
    gram[i * (size + 1)] += ridge;
  // The ridge makes it positive definite.
  bool isFactored = factorCholesky(gram, size);
  assert(isFactored && "a ridge of a share of the mean square is not small");
  (void)isFactored;
  return gram;
}

/// With more columns than items: the residuals are ridge*(x x^T + ridge)^-1 y.
static Fit fitDual(const Regression &problem, double ridge) {
  int64_t n = problem.items;
  std::vector<double> factor = factorGram(problem, ridge, /*isDual=*/true);
  Fit fit{problem.y, {}};
  solveCholesky(factor, n, fit.residuals, problem.classes);
  for (double &residual : fit.residuals)
    residual *= ridge;
  std::vector<double> inverse(n * n, 0.0);
  for (int64_t i = 0; i < n; ++i)
    inverse[i * (n + 1)] = 1;
  solveCholesky(factor, n, inverse, n);
  for (int64_t i = 0; i < n; ++i)
    fit.leverages.push_back(1 - ridge * inverse[i * (n + 1)]);
  return fit;
}

static Fit fitPrimal(const Regression &problem, double ridge) {
  int64_t n = problem.items, d = problem.width, c = problem.classes;
  std::vector<double> factor = factorGram(problem, ridge, /*isDual=*/false);
  // (x^T x + ridge)^-1 x^T, whose columns are items.
  std::vector<double> map(d * n), weight(d * c);
  for (int64_t item = 0; item < n; ++item)
    for (int64_t i = 0; i < d; ++i)
      map[i * n + item] = problem.x[item * d + i];
  solveCholesky(factor, d, map, n);
  Fit fit{problem.y, std::vector<double>(n)};
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, int(d), int(c), int(n),
              1.0, map.data(), int(n), problem.y.data(), int(c), 0.0,
              weight.data(), int(c));
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, int(n), int(c), int(d),
              -1.0, problem.x.data(), int(d), weight.data(), int(c), 1.0,
              fit.residuals.data(), int(c));
  for (int64_t item = 0; item < n; ++item)
    fit.leverages[item] = cblas_ddot(int(d), problem.x.data() + item * d, 1,
                                     map.data() + item, int(n));
  return fit;
}

namespace {
struct LeftOut {
  double squareError = 0;
  int64_t right = 0;
};
} // namespace

/// What regressions that lack one item each say of it.
static LeftOut leaveOut(const Regression &problem, double ridge) {
  Fit fit = problem.width < problem.items ? fitPrimal(problem, ridge)
                                          : fitDual(problem, ridge);
  LeftOut result;
  int64_t c = problem.classes;
  for (int64_t item = 0; item < problem.items; ++item) {
    // The mean is fitted as well.
    double kept = 1 - fit.leverages[item] - 1 / double(problem.items);
    std::vector<double> told(c);
    for (int64_t i = 0; i < c; ++i) {
      double error = fit.residuals[item * c + i] / kept;
      told[i] = problem.y[item * c + i] + problem.meanY[i] - error;
      result.squareError += error * error;
    }
    result.right +=
        unsigned(max_element(told) - told.begin()) == problem.wanted[item];
  }
  return result;
}

double sopt::measureProbeAccuracy(const JudgedOutputs &judged) {
  Regression problem = makeRegression(judged);
  if (problem.classes < 2 || !std::isfinite(problem.ridgeUnit))
    return std::numeric_limits<double>::quiet_NaN();
  // Embeddings that are all equal tell nothing: any ridge does.
  double unit = problem.ridgeUnit > 0 ? problem.ridgeUnit : 1;
  LeftOut best = leaveOut(problem, kProbeRidges[0] * unit);
  for (double ridge : drop_begin(kProbeRidges)) {
    LeftOut next = leaveOut(problem, ridge * unit);
    if (next.squareError < best.squareError)
      best = next;
  }
  return double(best.right) / double(problem.items);
}
