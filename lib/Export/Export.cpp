//===- Export.cpp - From the onnx dialect to an ONNX file -----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Export/Export.h"
#include "ModelFile.h"
#include "Opset.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "sparse-opt/Conversion/Passes.h"
#include <climits>

using namespace mlir;
using namespace sopt;
using ::onnx::ModelProto;
using sopt::onnx::ONNXDialect;

/// What no file said is written for this opset, which every runtime in use
/// knows, unless the operators need a newer one.
constexpr int64_t defaultOpset = 13;

static func::FuncOp findGraph(ModuleOp module) {
  if (auto function = module.lookupSymbol<func::FuncOp>("main_graph"))
    return function;
  auto functions = module.getOps<func::FuncOp>();
  return llvm::hasSingleElement(functions) ? *functions.begin()
                                           : func::FuncOp();
}

static std::string getText(DictionaryAttr description, StringRef key) {
  auto text = description.getAs<StringAttr>(key);
  return text ? text.str() : std::string();
}

static int64_t getNumber(DictionaryAttr description, StringRef key,
                         int64_t otherwise) {
  auto number = description.getAs<IntegerAttr>(key);
  return number ? number.getInt() : otherwise;
}

/// Says again what the original file said of itself.
static void describeModel(DictionaryAttr description, ModelProto &model) {
  auto setText = [&](StringRef key, auto set) {
    if (std::string text = getText(description, key); !text.empty())
      set(text);
  };
  setText("producer_name", [&](auto text) { model.set_producer_name(text); });
  setText("producer_version",
          [&](auto text) { model.set_producer_version(text); });
  setText("domain", [&](auto text) { model.set_domain(text); });
  setText("doc_string", [&](auto text) { model.set_doc_string(text); });
  if (int64_t version = getNumber(description, "model_version", 0))
    model.set_model_version(version);
  ::onnx::GraphProto &graph = *model.mutable_graph();
  graph.set_name("main_graph");
  setText("graph_name", [&](auto text) { graph.set_name(text); });
  setText("graph_doc", [&](auto text) { graph.set_doc_string(text); });
  exportMetadata(description.getAs<DictionaryAttr>("metadata_props"),
                 *model.mutable_metadata_props());
  exportMetadata(description.getAs<DictionaryAttr>("graph_metadata_props"),
                 *graph.mutable_metadata_props());
}

/// The first version of the file format with sparse initializers.
constexpr int64_t sparseIRVersion = 6;

/// Declares the opset of ONNX and those of the other domains in use.
static void declareOpsets(DictionaryAttr description,
                          ArrayRef<ExportedNode> nodes, ModelProto &model) {
  auto opsets = description.getAs<DictionaryAttr>("opset_import");
  if (!opsets)
    opsets = DictionaryAttr::get(description.getContext());
  int64_t opset =
      chooseOpset(nodes, getNumber(opsets, "ai.onnx", defaultOpset));
  model.set_ir_version(
      std::max(getNumber(description, "ir_version", 0), getIRVersion(opset)));
  if (!model.graph().sparse_initializer().empty())
    model.set_ir_version(std::max(model.ir_version(), sparseIRVersion));
  auto &own = *model.add_opset_import();
  own.set_domain("");
  own.set_version(opset);

  llvm::StringSet<> declared;
  auto declare = [&](StringRef domain, int64_t version) {
    if (domain.empty() || domain == "ai.onnx" ||
        !declared.insert(domain).second)
      return;
    auto &other = *model.add_opset_import();
    other.set_domain(domain.str());
    other.set_version(version);
  };
  for (NamedAttribute entry : opsets)
    declare(entry.getName(), getNumber(opsets, entry.getName(), 1));
  for (ExportedNode node : nodes)
    declare(node.node->domain(), 1);
}

LogicalResult sopt::exportONNX(ModuleOp module, StringRef path) {
  return exportONNX(module, path, INT_MAX);
}

/// A copy of `module` in the onnx dialect alone, but for sparse constants,
/// which ONNX has too. Weights are not copied.
static OwningOpRef<ModuleOp> spellInONNX(ModuleOp module) {
  OwningOpRef<ModuleOp> spelt = module.clone();
  auto hasSopt = module.walk([](Operation *op) {
    return (isa_and_nonnull<SoptDialect>(op->getDialect()) &&
            !isa<SparseConstantOp>(op)) ||
                   isa<sopt::onnx::SwishOp>(op)
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  if (!hasSopt.wasInterrupted())
    return spelt;
  PassManager passes(module.getContext());
  passes.addPass(createConvertSoptToOnnx());
  // Equal masks of many layers are one tensor.
  passes.addPass(createCSEPass());
  return succeeded(passes.run(*spelt)) ? std::move(spelt) : nullptr;
}

namespace {
/// A checked model, and the module that its weights lie in.
struct ExportedModel {
  OwningOpRef<ModuleOp> module;
  ModelProto model;
  std::vector<Weight> weights;
};
} // namespace

static FailureOr<ExportedModel> exportModel(ModuleOp original) {
  ExportedModel exported;
  exported.module = spellInONNX(original);
  if (!exported.module)
    return failure();
  ModuleOp module = *exported.module;
  func::FuncOp function = findGraph(module);
  if (!function || !function.getBody().hasOneBlock())
    return module.emitError("has no graph to write as ONNX: neither a function "
                            "@main_graph nor only one function");

  auto description =
      module->getAttrOfType<DictionaryAttr>(ONNXDialect::getModelAttrName());
  // onnxruntime fuses only what it is told the shapes of, and so rounds as the
  // original did only if told as much.
  bool declareTensors =
      !description || description.contains("declares_tensors");
  if (!description)
    description = DictionaryAttr::get(module.getContext());

  GraphExporter exporter(function, declareTensors);
  if (failed(exporter.run(*exported.model.mutable_graph(), exported.weights)))
    return failure();
  describeModel(description, exported.model);
  declareOpsets(description, exporter.getNodes(), exported.model);

  if (llvm::Error error = checkModel(exported.model, exported.weights))
    return module.emitError("the model to be written is not valid ONNX: ")
           << toString(std::move(error));
  return std::move(exported);
}

LogicalResult sopt::exportONNX(ModuleOp module, StringRef path,
                               int64_t maxBytes) {
  FailureOr<ExportedModel> exported = exportModel(module);
  if (failed(exported))
    return failure();
  if (llvm::Error error =
          writeModel(std::move(exported->model), std::move(exported->weights),
                     path, maxBytes))
    return module.emitError("cannot write '")
           << path << "': " << toString(std::move(error));
  return success();
}

FailureOr<std::string> sopt::serializeONNX(ModuleOp module) {
  FailureOr<ExportedModel> exported = exportModel(module);
  if (failed(exported))
    return failure();
  return serializeModel(std::move(exported->model), exported->weights);
}
