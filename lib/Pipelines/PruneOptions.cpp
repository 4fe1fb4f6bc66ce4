//===- PruneOptions.cpp - What --prune-search says ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Prune.h"
#include "sparse-opt/Search/Formats.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringLiteral;
using Kind = PruneConstraint::Kind;

namespace {
/// How a constraint is written.
struct ConstraintWord {
  StringLiteral key, unit, example;
  Kind kind;
  double least, most;
  StringLiteral range; ///< In words.
};

/// How anything else is written.
struct Word {
  StringLiteral key, example;
  Error (*take)(StringRef value, PruneOptions &options);
};
} // namespace

static constexpr double kBelowOne = 1 - 1e-15;

static constexpr ConstraintWord kConstraints[] = {
    {"ratio", "", "0.8", Kind::Ratio, 0, kBelowOne,
     "a number from 0 to below 1"},
    {"flops", "", "0.5", Kind::Flops, 0, 1, "a number from 0 to 1"},
    {"latency", "ms", "3.5ms", Kind::Latency, 0, 1e9, "a time as in 3.5ms"},
    {"speedup", "", "3", Kind::Speedup, 0.01, 1e6, "a number as in 3"},
};

static Error takeSeconds(StringRef value, PruneOptions &options) {
  double seconds = 0;
  StringRef number = value;
  if (!number.consume_back("s") || number.getAsDouble(seconds) ||
      !(seconds >= 0))
    return createStringError("time: seconds as in 60s, not '" + value + "'");
  options.seconds = seconds;
  return Error::success();
}

static Error takeSeed(StringRef value, PruneOptions &options) {
  if (value.getAsInteger(10, options.seed))
    return createStringError("seed: a whole number from 0, not '" + value +
                             "'");
  return Error::success();
}

static Error takeMethod(StringRef value, PruneOptions &options) {
  options.method = value.str();
  if (lookUpPruner(value) || value == "evopress")
    return Error::success();
  return createStringError(
      "method: admm, obs, wanda, magnitude or evopress, not '" + value + "'");
}

static Error takeShape(StringRef value, PruneOptions &options) {
  options.shape.clear();
  for (StringRef size : llvm::split(value, 'x')) {
    int64_t number = 0;
    constexpr int64_t kMost = 1 << 20;
    if (size.getAsInteger(10, number) || number < 1 || number > kMost)
      return createStringError("shape: sizes as in 1x128, not '" + value + "'");
    options.shape.push_back(number);
  }
  return Error::success();
}

static Error takeFormats(StringRef value, PruneOptions &options) {
  options.formats.clear();
  for (StringRef name : llvm::split(value, ',')) {
    Expected<SparsityTarget> format = parseFormat(name);
    if (!format)
      return format.takeError();
    if (!llvm::is_contained(options.formats, *format))
      options.formats.push_back(*format);
  }
  // What goes as a whole has no use for zeros elsewhere.
  for (const SparsityTarget &format : options.formats)
    if (format.isStructured() != options.isStructured())
      return createStringError(
          "formats: heads and neurons go with no other format");
  return Error::success();
}

static Error takeShard(StringRef value, PruneOptions &options) {
  auto [number, count] = value.split('/');
  if (number.getAsInteger(10, options.shard) ||
      count.getAsInteger(10, options.shards) || options.shard < 1 ||
      options.shard > options.shards)
    return createStringError("shard: a part as in 1/4, not '" + value + "'");
  return Error::success();
}

template <std::string PruneOptions::*member>
static Error takeText(StringRef value, PruneOptions &options) {
  options.*member = value.str();
  return Error::success();
}

static Error takeMetric(StringRef value, PruneOptions &options) {
  options.metric = value.str();
  if (lookUpMetric(value))
    return Error::success();
  return createStringError("metric: distance, auc, probe or spearman, not '" +
                           value + "'");
}

static Error takeTolerance(StringRef value, PruneOptions &options) {
  if (value.getAsDouble(options.tolerance) || !(options.tolerance >= 0))
    return createStringError("tolerance: a number from 0, not '" + value + "'");
  return Error::success();
}

static constexpr Word kWords[] = {
    {"shape", "1x128", takeShape},
    {"formats", "4x1,2:4", takeFormats},
    {"calibration", "FILE.npz", takeText<&PruneOptions::calibration>},
    {"method", "obs", takeMethod},
    {"only", "*query*", takeText<&PruneOptions::only>},
    {"keep", "*value*", takeText<&PruneOptions::keep>},
    {"time", "60s", takeSeconds},
    {"seed", "0", takeSeed},
    {"tables", "FILE.npz", takeText<&PruneOptions::tables>},
    {"shard", "1/4", takeShard},
    {"pareto", "NAME", takeText<&PruneOptions::pareto>},
    {"metric", "auc", takeMetric},
    {"output", "NAME", takeText<&PruneOptions::output>},
    {"metric-command", "PROGRAM", takeText<&PruneOptions::metricCommand>},
    {"raters", "FILE.csv", takeText<&PruneOptions::raters>},
    {"tolerance", "0.01", takeTolerance},
};

static const ConstraintWord &lookUp(Kind kind) {
  return *llvm::find_if(kConstraints, [&](const ConstraintWord &word) {
    return word.kind == kind;
  });
}

std::string PruneConstraint::getText() const {
  const ConstraintWord &word = lookUp(kind);
  return llvm::formatv("{0}={1}{2}", word.key, llvm::format("%.4g", value),
                       word.unit);
}

static Error takeConstraint(const ConstraintWord &word, StringRef text,
                            PruneOptions &options) {
  if (!options.constraints.empty())
    return createStringError(lookUp(options.constraints.front().kind).key +
                             "= and " + word.key +
                             "= are two constraints: give one");
  for (StringRef number : llvm::split(text, ',')) {
    double value = 0;
    StringRef digits = number;
    if (!digits.consume_back(word.unit) || digits.getAsDouble(value) ||
        !(value >= word.least && value <= word.most))
      return createStringError(word.key + ": " + word.range + ", not '" +
                               number + "'");
    options.constraints.push_back({word.kind, value});
  }
  return Error::success();
}

/// "ratio=0.8, … and tolerance=0.01".
static std::string listWords() {
  std::string text;
  for (const ConstraintWord &word : kConstraints)
    text += (word.key + "=" + word.example + ", ").str();
  for (const Word &word : llvm::drop_end(kWords))
    text += (word.key + "=" + word.example + ", ").str();
  const Word &last = kWords[std::size(kWords) - 1];
  // The last comma gives way.
  text.resize(text.size() - 2);
  return text + (" and " + last.key + "=" + last.example).str();
}

static Error takeWord(StringRef key, StringRef value, PruneOptions &options) {
  for (const ConstraintWord &word : kConstraints)
    if (word.key == key)
      return takeConstraint(word, value, options);
  for (const Word &word : kWords)
    if (word.key == key)
      return word.take(value, options);
  return createStringError("'" + key + "' is unknown; there are " +
                           listWords());
}

/// Words that contradict each other, or would say nothing.
static Error checkMetric(const PruneOptions &options) {
  const Metric &metric = *lookUpMetric(options.metric);
  bool hasEmbeddings = metric.need != MetricNeed::Nothing;
  if (!options.metricCommand.empty() && hasEmbeddings)
    return createStringError("metric= and metric-command= are two ways to "
                             "judge: give one");
  if (!options.output.empty() && !hasEmbeddings)
    return createStringError("output= names what metric=auc, probe or spearman "
                             "judges: give one");
  if (!options.raters.empty() && !metric.agree)
    return createStringError("raters= is in terms of metric=auc, probe or "
                             "spearman: give one");
  if (options.tolerance > 0 && options.raters.empty())
    return createStringError("tolerance= is about the agreement of raters: "
                             "give raters=FILE.csv");
  return Error::success();
}

/// What is missing, or is too much.
static Error check(const PruneOptions &options) {
  if (options.calibration.empty())
    return createStringError("name inputs to prune by: calibration=FILE.npz");
  if (options.shard)
    return options.tables.empty()
               ? createStringError("name the file that the shard's tables are "
                                   "written to: tables=FILE.npz")
               : Error::success();
  if (options.pareto.empty() && options.constraints.empty())
    return createStringError("say what to keep to: ratio=0.8, flops=0.5, "
                             "latency=3.5ms or speedup=3");
  if (options.pareto.empty() && options.constraints.size() > 1)
    return createStringError("several values of " +
                             lookUp(options.constraints.front().kind).key +
                             "= make a front: name it with pareto=NAME");
  return checkMetric(options);
}

Expected<PruneOptions> PruneOptions::parse(StringRef text) {
  PruneOptions options;
  SmallVector<StringRef> words;
  llvm::SplitString(text, words);
  for (StringRef word : words) {
    auto [key, value] = word.split('=');
    if (Error error = takeWord(key, value, options))
      return std::move(error);
  }
  if (Error error = check(options))
    return std::move(error);
  return options;
}
