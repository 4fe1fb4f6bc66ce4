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
#include "sparse-opt/Math/Rounding.h"
#include "llvm/ADT/SetVector.h"
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
  for (LayerPrecision precision :
       {LayerPrecision::F32, LayerPrecision::Bf16, LayerPrecision::Int8})
    if (name == getName(precision)) {
      if (text.ends_with(":"))
        return createStringError("name a file behind the colon: " + name +
                                 ":calibration.npz");
      return PrecisionOptions{precision, calibration.str()};
    }
  return createStringError("fp32, bf16 or int8, not '" + name + "'");
}

void PrecisionReport::print(llvm::raw_ostream &os) const {
  os << "outputs on " << items << " calibration items: cosine "
     << llvm::format("%.6f", cosine) << " with fp32's";
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
  /// The layers in int8, those whose outputs move most first.
  Expected<std::vector<LinearOp>> rank();

  size_t getNumItems() const { return items.size(); }

private:
  Expected<Outputs> run(const LoadedModel &model, size_t numItems) const;
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
};
} // namespace

Expected<PrecisionTrials::Outputs>
PrecisionTrials::run(const LoadedModel &model, size_t numItems) const {
  Outputs outputs;
  for (const CalibrationItem &item : ArrayRef(items).take_front(numItems)) {
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
  Expected<Outputs> outputs = run(*model, items.size());
  if (!outputs)
    return outputs.takeError();
  reference = std::move(*outputs);
  return Error::success();
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
  Expected<Outputs> outputs = run(*model, items.size());
  if (!outputs)
    return outputs.takeError();
  double least = 1;
  for (size_t index = 0; index < reference.front().size(); ++index) {
    if (reference.front()[index].type != SOPT_FLOAT)
      continue;
    double sum = 0;
    for (auto [one, other] : llvm::zip_equal(*outputs, reference))
      sum += getCosine(one[index].get<float>(), other[index].get<float>());
    // NaN counts as far away.
    double mean = sum / double(items.size());
    least = mean < least || std::isnan(mean) ? mean : least;
  }
  return least;
}

/// ‖x·w − x̂·ŵ‖² / ‖x·w‖² for rows x and both rounded to int8, over as many
/// rows as tell: an estimate needs no more.
static double getMoved(ArrayRef<float> x, const onnx::ConstantData &weight) {
  constexpr int64_t kRows = 64;
  int64_t k = weight.getShape()[0], n = weight.getShape()[1];
  int64_t rows = std::min<int64_t>(kRows, int64_t(x.size()) / k);
  ArrayRef<float> w = weight.getAs<float>();
  std::vector<float> roundedW = widenInt8(roundToInt8(w, n));
  double moved = 0, power = 0;
  std::vector<double> exact(n), rounded(n);
  for (int64_t row = 0; row < rows; ++row) {
    ArrayRef<float> from = x.slice(row * k, k);
    std::vector<float> roundedX = roundRowToInt8(from);
    llvm::fill(exact, 0);
    llvm::fill(rounded, 0);
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = 0; j < n; ++j) {
        exact[j] += double(from[i]) * w[i * n + j];
        rounded[j] += double(roundedX[i]) * roundedW[i * n + j];
      }
    for (auto [y, z] : llvm::zip_equal(exact, rounded)) {
      moved += (y - z) * (y - z);
      power += y * y;
    }
  }
  return power > 0 ? moved / power : 0;
}

Expected<std::vector<LinearOp>> PrecisionTrials::rank() {
  constexpr size_t kItems = 4;
  progress("look at layers");
  std::vector<LinearOp> layers;
  llvm::SetVector<Value> inputs;
  for (LinearOp op : function.getBody().front().getOps<LinearOp>())
    if (op.getPrecision() && op.getPrecision()->getNumber() == Number::Int8) {
      inputs.insert(op.getX());
      layers.push_back(op);
    }
  Expected<LoadedModel> model = compile(inputs.getArrayRef());
  if (!model)
    return model.takeError();
  Expected<Outputs> values = run(*model, std::min(kItems, items.size()));
  if (!values)
    return values.takeError();
  // The order of the text where layers lose the same.
  std::vector<std::pair<double, size_t>> order;
  for (auto [number, op] : llvm::enumerate(layers)) {
    size_t index = llvm::find(inputs, op.getX()) - inputs.begin();
    auto weight = *onnx::ConstantData::get(
        Attribute(getConstantElements(op.getWeight())));
    double moved = 0;
    for (const std::vector<Tensor> &item : *values)
      moved += getMoved(item[index].get<float>(), weight);
    order.emplace_back(-moved, number);
  }
  llvm::sort(order);
  std::vector<LinearOp> ranked;
  ranked.reserve(order.size());
  for (auto [moved, number] : order)
    ranked.push_back(layers[number]);
  return ranked;
}

/// Gives layers in int8 bf16 until the outputs are near.
static Expected<PrecisionReport> raise(PrecisionTrials &trials,
                                       PrecisionReport report) {
  Expected<std::vector<LinearOp>> layers = trials.rank();
  if (!layers)
    return layers.takeError();
  for (size_t share : {8, 4, 2, 1}) {
    for (; report.raised * share < layers->size(); ++report.raised) {
      LinearOp op = (*layers)[report.raised];
      op.setPrecisionAttr(PrecisionAttr::get(op.getContext(), Number::Bf16));
    }
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
  PrecisionTrials trials(module, function, progress);
  if (Error error = trials.runReference(options.calibration))
    return std::move(error);
  PassManager passes(module.getContext());
  passes.addPass(createScheduling(cpu));
  passes.addPass(createChoosePrecision(
      {options.precision, cpu.report == ReportFormat::Table}));
  if (failed(passes.run(module)))
    return createStringError("layers cannot be scheduled");
  Expected<double> cosine = trials.measure();
  if (!cosine)
    return cosine.takeError();
  PrecisionReport report{trials.getNumItems(), *cosine, 0};
  if (report.cosine >= kNear || options.precision != LayerPrecision::Int8)
    return report;
  return raise(trials, report);
}
