//===- Precision.cpp - How precise a model is to be -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Pipelines/Precision.h"
#include "Calibration.h"
#include "TrialRun.h"
#include "dialects/ONNX/IR/ConstantData.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "sparse-opt/Analysis/WeightPattern.h"
#include "sparse-opt/Schedule/Int8Inputs.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace sopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

/// What the cosine of the outputs must be at least while layers are in int8.
static constexpr double kNear = 0.995;

Expected<PrecisionOptions> PrecisionOptions::parse(StringRef text) {
  auto [name, calibration] = text.split(':');
  if (text.ends_with(":"))
    return createStringError("name a file behind the colon: " + name +
                             ":calibration.npz");
  if (name == "int8-static") {
    if (calibration.empty())
      return createStringError("inputs must tell what ranges to fix: "
                               "int8-static:calibration.npz");
    return PrecisionOptions{LayerPrecision::Int8, calibration.str(),
                            /*hasFixedRanges=*/true};
  }
  for (LayerPrecision precision :
       {LayerPrecision::F32, LayerPrecision::Bf16, LayerPrecision::Int8})
    if (name == getName(precision))
      return PrecisionOptions{precision, calibration.str(),
                              /*hasFixedRanges=*/false};
  return createStringError("fp32, bf16, int8 or int8-static, not '" + name +
                           "'");
}

void PrecisionReport::print(llvm::raw_ostream &os) const {
  os << "outputs on " << items << " calibration items: cosine "
     << llvm::format("%.6f", cosine) << " with fp32's";
  if (smoothed)
    os << ", " << smoothed << (smoothed == 1 ? " layer" : " layers")
       << " smoothed";
  if (raised)
    os << ", with " << raised << (raised == 1 ? " layer" : " layers")
       << " in bf16 for it";
  os << '\n';
}

namespace {
/// A model that is run in several precisions.
class PrecisionTrials {
public:
  using Outputs = std::vector<std::vector<Tensor>>;
  using Progress = llvm::function_ref<void(const llvm::Twine &)>;

  PrecisionTrials(ModuleOp module, func::FuncOp function, Progress progress)
      : module(module), function(function), progress(progress) {}

  /// Runs the model as it is, to compare with.
  Error runReference(StringRef calibration);
  /// The mean cosine of the output that is furthest from the reference.
  Expected<double> measure();
  /// Chooses how the inputs of layers in int8 are rounded. Returns how many
  /// layers it smooths.
  Expected<size_t> chooseInputs(bool areFixed);
  /// The layers in int8, those whose outputs move most first.
  std::vector<LinearOp> rank() const;

  size_t getNumItems() const { return items.size(); }

private:
  /// Layers in int8 that read one value.
  struct Readers {
    std::vector<float> rows; ///< Some of the value's on calibration inputs.
    SmallVector<LinearOp> layers;
  };
  using AllReaders = llvm::MapVector<Value, Readers>;

  Expected<Outputs> run(const LoadedModel &model) const;
  bool isComparable(size_t index) const;
  AllReaders findReaders();
  Error sampleRows(AllReaders &readers) const;
  /// Returns whether it smooths.
  bool chooseInputs(Readers &readers, bool areFixed);
  Expected<LoadedModel> compile(ValueRange wanted) const {
    return openForTrial(module, {{}, llvm::to_vector(wanted)});
  }
  ValueRange getOutputs() {
    return function.getBody().front().getTerminator()->getOperands();
  }

  ModuleOp module;
  func::FuncOp function;
  Progress progress;
  std::vector<CalibrationItem> items;
  Outputs reference;
  std::vector<size_t> compared; ///< Outputs by which nearness is told.
  /// What each layer in int8 loses.
  std::vector<std::pair<LinearOp, double>> losses;
};
} // namespace

Expected<PrecisionTrials::Outputs>
PrecisionTrials::run(const LoadedModel &model) const {
  Outputs outputs;
  for (const CalibrationItem &item : items) {
    Expected<std::vector<Tensor>> computed = runOnce(model, item.inputs);
    if (!computed)
      return computed.takeError();
    outputs.push_back(std::move(*computed));
  }
  return outputs;
}

Error PrecisionTrials::runReference(StringRef calibration) {
  progress("run in fp32");
  Expected<LoadedModel> model = compile(getOutputs());
  if (!model)
    return model.takeError();
  Expected<std::vector<CalibrationItem>> read =
      readCalibration(calibration, *model);
  if (!read)
    return read.takeError();
  items = std::move(*read);
  Expected<Outputs> outputs = run(*model);
  if (!outputs)
    return outputs.takeError();
  reference = std::move(*outputs);
  bool hasFloats = false;
  for (size_t index = 0; index < reference.front().size(); ++index) {
    hasFloats |= reference.front()[index].type == SOPT_FLOAT;
    if (isComparable(index))
      compared.push_back(index);
  }
  if (hasFloats && compared.empty())
    return createStringError("the outputs on the calibration inputs are "
                             "infinite or NaN, which tells nothing");
  return Error::success();
}

/// Whether an output is of floats and always finite in fp32.
bool PrecisionTrials::isComparable(size_t index) const {
  return llvm::all_of(reference, [&](const std::vector<Tensor> &outputs) {
    return outputs[index].type == SOPT_FLOAT &&
           llvm::all_of(outputs[index].get<float>(),
                        [](float y) { return std::isfinite(y); });
  });
}

/// 1 for two of nothing but zeros.
static double getCosine(ArrayRef<float> a, ArrayRef<float> b) {
  double product = 0, powerA = 0, powerB = 0;
  for (auto [x, y] : llvm::zip_equal(a, b)) {
    product += double(x) * y;
    powerA += double(x) * x;
    powerB += double(y) * y;
  }
  if (powerA == 0 && powerB == 0)
    return 1;
  return product / std::sqrt(powerA * powerB);
}

Expected<double> PrecisionTrials::measure() {
  progress("run in fewer bits");
  Expected<LoadedModel> model = compile(getOutputs());
  if (!model)
    return model.takeError();
  Expected<Outputs> outputs = run(*model);
  if (!outputs)
    return outputs.takeError();
  double least = 1;
  for (size_t index : compared) {
    double sum = 0;
    for (auto [one, other] : llvm::zip_equal(*outputs, reference))
      sum += getCosine(one[index].get<float>(), other[index].get<float>());
    // NaN counts as far away.
    double mean = sum / double(items.size());
    least = mean < least || std::isnan(mean) ? mean : least;
  }
  return least;
}

PrecisionTrials::AllReaders PrecisionTrials::findReaders() {
  AllReaders all;
  for (LinearOp op : function.getBody().front().getOps<LinearOp>())
    if (op.getPrecision() && op.getPrecision()->getNumber() == Number::Int8)
      all[op.getX()].layers.push_back(op);
  return all;
}

/// Adds some of the rows of `x`, of `features` each, from first to last.
static void addRows(ArrayRef<float> x, int64_t features,
                    std::vector<float> &to) {
  constexpr int64_t kRows = 32;
  int64_t rows = int64_t(x.size()) / features;
  int64_t count = std::min(kRows, rows);
  for (int64_t i = 0; i < count; ++i)
    llvm::append_range(to, x.slice(i * rows / count * features, features));
}

Error PrecisionTrials::sampleRows(AllReaders &readers) const {
  constexpr size_t kItems = 8;
  Expected<LoadedModel> model = compile(
      llvm::map_to_vector(readers, [](auto &entry) { return entry.first; }));
  if (!model)
    return model.takeError();
  size_t count = std::min(kItems, items.size());
  for (size_t i = 0; i < count; ++i) {
    Expected<std::vector<Tensor>> values =
        runOnce(*model, items[i * items.size() / count].inputs);
    if (!values)
      return values.takeError();
    for (auto [entry, value] : llvm::zip_equal(readers, *values))
      addRows(value.get<float>(), value.shape.back(), entry.second.rows);
  }
  return Error::success();
}

/// The attribute that says what was chosen.
static PrecisionAttr makePrecision(MLIRContext *context,
                                   const Int8Inputs &inputs) {
  DenseF32ArrayAttr range;
  if (inputs.range)
    range = DenseF32ArrayAttr::get(context,
                                   {inputs.range->low, inputs.range->high});
  DenseIntElementsAttr smooth;
  if (ArrayRef<int8_t> exponents = inputs.exponents; !exponents.empty())
    smooth = DenseIntElementsAttr::get(
        RankedTensorType::get(int64_t(exponents.size()),
                              IntegerType::get(context, 8)),
        exponents);
  return PrecisionAttr::get(context, Number::Int8, range, smooth);
}

bool PrecisionTrials::chooseInputs(Readers &readers, bool areFixed) {
  // Rows of nothing, or with a NaN, tell nothing.
  if (readers.rows.empty() ||
      !llvm::all_of(readers.rows, [](float x) { return std::isfinite(x); }))
    return false;
  SmallVector<ArrayRef<float>> weights;
  for (LinearOp op : readers.layers)
    weights.push_back(
        onnx::ConstantData::get(Attribute(getConstantElements(op.getWeight())))
            ->getAs<float>());
  int64_t features = readers.layers.front().getWeight().getType().getDimSize(0);
  Int8Inputs inputs =
      chooseInt8Inputs(readers.rows, features, weights, areFixed);
  for (auto [op, loss] : llvm::zip_equal(readers.layers, inputs.losses)) {
    op.setPrecisionAttr(makePrecision(op.getContext(), inputs));
    losses.emplace_back(op, loss);
  }
  return !inputs.exponents.empty();
}

Expected<size_t> PrecisionTrials::chooseInputs(bool areFixed) {
  progress("look at layers");
  AllReaders all = findReaders();
  if (Error error = sampleRows(all))
    return std::move(error);
  size_t smoothed = 0;
  for (auto &[value, readers] : all)
    if (chooseInputs(readers, areFixed))
      smoothed += readers.layers.size();
  return smoothed;
}

std::vector<LinearOp> PrecisionTrials::rank() const {
  // The order of the text where layers lose the same.
  auto order = llvm::to_vector(llvm::seq<size_t>(losses.size()));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-losses[a].second, a) < std::pair(-losses[b].second, b);
  });
  std::vector<LinearOp> ranked;
  for (size_t index : order)
    ranked.push_back(losses[index].first);
  return ranked;
}

static Error decide(ModuleOp module, const CPUPipelineOptions &cpu) {
  PassManager decisions(module.getContext());
  buildDecisionPipeline(decisions, cpu);
  return failed(decisions.run(module))
             ? createStringError("layers cannot be scheduled")
             : Error::success();
}

/// Gives layers in int8 bf16, or f32 where that is faster, until the outputs
/// are near.
static Expected<PrecisionReport> raise(PrecisionTrials &trials,
                                       PrecisionReport report, ModuleOp module,
                                       const CPUPipelineOptions &cpu) {
  std::vector<LinearOp> layers = trials.rank();
  for (size_t share : {8, 4, 2, 1}) {
    for (; report.raised * share < layers.size(); ++report.raised) {
      LinearOp op = layers[report.raised];
      op.setPrecisionAttr(PrecisionAttr::get(op.getContext(), Number::Bf16));
      op.removeScheduleAttr();
    }
    if (Error error = decide(module, cpu))
      return std::move(error);
    Expected<double> cosine = trials.measure();
    if (!cosine)
      return cosine.takeError();
    report.cosine = *cosine;
    if (report.cosine >= kNear)
      return report;
  }
  return report;
}

Expected<PrecisionReport>
sopt::choosePrecisions(ModuleOp module, const PrecisionOptions &options,
                       const CPUPipelineOptions &cpu,
                       PrecisionTrials::Progress progress) {
  auto function = module.lookupSymbol<func::FuncOp>("main_graph");
  if (!function)
    return createStringError("there is no @main_graph to run");
  PassManager preparation(module.getContext());
  buildPreparationPipeline(preparation, cpu);
  if (failed(preparation.run(module)))
    return createStringError("the model cannot be prepared");
  PrecisionTrials trials(module, function, progress);
  if (Error error = trials.runReference(options.calibration))
    return std::move(error);
  if (Error error = decide(module, cpu))
    return std::move(error);
  PrecisionReport report{trials.getNumItems()};
  bool isInt8 = options.precision == LayerPrecision::Int8;
  if (isInt8) {
    Expected<size_t> smoothed = trials.chooseInputs(options.hasFixedRanges);
    if (!smoothed)
      return smoothed.takeError();
    report.smoothed = *smoothed;
  }
  Expected<double> cosine = trials.measure();
  if (!cosine)
    return cosine.takeError();
  report.cosine = *cosine;
  if (report.cosine >= kNear || !isInt8)
    return report;
  return raise(trials, report, module, cpu);
}
