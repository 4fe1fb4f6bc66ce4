//===- OldOperators.cpp - What the version converter cannot do ------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OldOperators.h"
#include "OldNode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace llvm;
using namespace sopt;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

using MaybeAttribute = std::optional<AttributeProto>;

//===----------------------------------------------------------------------===//
// Attributes that changed their name or type
//===----------------------------------------------------------------------===//

static Error keep(OldNode &) { return Error::success(); }

/// Cast: the type was named, and is a number since.
static Error convertCast(OldNode &node) {
  MaybeAttribute to = node.takeAttribute("to");
  TensorProto::DataType type;
  if (!to || !TensorProto::DataType_Parse(to->s(), &type))
    return node.refuse("casts to the unknown type '" + (to ? to->s() : "") +
                       "'");
  node.setInt("to", type);
  return Error::success();
}

/// LpPool: the exponent was a float.
static Error convertLpPool(OldNode &node) {
  MaybeAttribute p = node.takeAttribute("p");
  float exponent = p ? p->f() : 2;
  if (exponent != int(exponent))
    return node.refuse("has an exponent that is not an integer");
  node.setInt("p", int(exponent));
  return Error::success();
}

/// Pad: its amounts had another name.
static Error renamePads(OldNode &node) {
  node.renameAttribute("paddings", "pads");
  return Error::success();
}

/// RNN, GRU, LSTM: whether the sequence is an output is seen by its name.
static Error dropOutputSequence(OldNode &node) {
  node.takeAttribute("output_sequence");
  return Error::success();
}

/// Upsample: factors only for the last two of four dimensions.
static Error convertUpsample(OldNode &node) {
  MaybeAttribute height = node.takeAttribute("height_scale");
  MaybeAttribute width = node.takeAttribute("width_scale");
  if (!height || !width)
    return node.refuse("lacks a scale");
  node.setFloats("scales", {1, 1, height->f(), width->f()});
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Broadcasting along an axis
//===----------------------------------------------------------------------===//

/// Arithmetic, comparisons: the second operand's dimensions were those of the
/// first from `axis` on; since, they are its last.
static Error convertBroadcast(OldNode &node) {
  bool broadcasts = node.takeInt("broadcast", 0) != 0;
  MaybeAttribute axis = node.takeAttribute("axis");
  if (!broadcasts || !axis)
    return Error::success();
  Expected<int64_t> rank = node.getRank(0);
  if (!rank)
    return rank.takeError();
  Expected<int64_t> otherRank = node.getRank(1);
  if (!otherRank)
    return otherRank.takeError();
  int64_t first = axis->i() < 0 ? axis->i() + *rank : axis->i();
  int64_t behind = *rank - first - *otherRank;
  if (first < 0 || behind < 0)
    return node.refuse("has no such axis as " + Twine(axis->i()));
  if (behind > 0)
    node.unsqueeze(1, to_vector(seq(*otherRank, *otherRank + behind)));
  return Error::success();
}

/// PRelu: a vector of slopes was for the channels, dimension 1.
static Error convertPRelu(OldNode &node) {
  Expected<int64_t> rank = node.getRank(0);
  if (!rank)
    return rank.takeError();
  Expected<int64_t> slopeRank = node.getRank(1);
  if (!slopeRank)
    return slopeRank.takeError();
  if (*slopeRank == 1 && *rank > 2)
    node.unsqueeze(1, to_vector(seq<int64_t>(1, *rank - 1)));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Attributes and inputs that changed places
//===----------------------------------------------------------------------===//

static Expected<std::vector<int64_t>> getInts(OldNode &node, int input) {
  Expected<std::vector<double>> numbers = node.getNumbers(input);
  if (!numbers)
    return numbers.takeError();
  return std::vector<int64_t>(numbers->begin(), numbers->end());
}

/// Split: the sizes may have been an input.
static Error convertSplit(OldNode &node) {
  if (!node.hasInput(1))
    return Error::success();
  Expected<std::vector<int64_t>> sizes = getInts(node, 1);
  if (!sizes)
    return sizes.takeError();
  node.takeAttribute("split");
  AttributeProto &split = *node.get().add_attribute();
  split.set_name("split");
  split.set_type(AttributeProto::INTS);
  split.mutable_ints()->Add(sizes->begin(), sizes->end());
  node.get().mutable_input()->RemoveLast();
  return Error::success();
}

/// Tile: how often, and along which axis; since, how often along each.
static Error convertTile(OldNode &node) {
  Expected<int64_t> rank = node.getRank(0);
  if (!rank)
    return rank.takeError();
  Expected<std::vector<int64_t>> tiles = getInts(node, 1);
  if (!tiles)
    return tiles.takeError();
  Expected<std::vector<int64_t>> axis = getInts(node, 2);
  if (!axis)
    return axis.takeError();
  if (tiles->size() != 1 || axis->size() != 1 || axis->front() < 0 ||
      axis->front() >= *rank)
    return node.refuse("repeats along no axis of its input");
  std::vector<int64_t> repeats(*rank, 1);
  repeats[axis->front()] = tiles->front();
  node.get().mutable_input()->RemoveLast();
  node.get().set_input(1, node.addInts(repeats));
  return Error::success();
}

/// Upsample: the factors were an attribute.
static Error moveScales(OldNode &node) {
  MaybeAttribute scales = node.takeAttribute("scales");
  if (!scales)
    return node.refuse("lacks its scales");
  TensorProto tensor;
  tensor.set_data_type(TensorProto::FLOAT);
  tensor.add_dims(scales->floats_size());
  *tensor.mutable_float_data() = scales->floats();
  node.get().add_input(node.addConstant(tensor));
  return Error::success();
}

/// Upsample: Resize is the same and more. Not left to the library, so that what
/// becomes of Resize afterwards is not either.
static Error renameToResize(OldNode &node) {
  node.get().set_op_type("Resize");
  return Error::success();
}

/// Clip: the bounds were attributes. The library makes them float whatever is
/// clipped.
static Error convertClip(OldNode &node) {
  for (const char *bound : {"min", "max"}) {
    MaybeAttribute value = node.takeAttribute(bound);
    node.get().add_input(value ? node.addScalar(value->f()) : "");
  }
  auto &inputs = *node.get().mutable_input();
  while (inputs.rbegin()->empty())
    inputs.RemoveLast();
  return Error::success();
}

/// Pad: amounts and value were attributes; the value is of the data's type.
static Error convertPad(OldNode &node) {
  MaybeAttribute pads = node.takeAttribute("pads");
  MaybeAttribute value = node.takeAttribute("value");
  if (!pads)
    return node.refuse("lacks its pads");
  node.get().add_input(node.addInts(
      std::vector<int64_t>(pads->ints().begin(), pads->ints().end())));
  node.get().add_input(node.addScalar(value ? value->f() : 0));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Meanings that changed
//===----------------------------------------------------------------------===//

/// Resize: an output came from the input at index / scale, rounded down, or up
/// where the tensor shrinks; since, that is one of several ways, and not the
/// one the library chooses.
static Error convertResize(OldNode &node) {
  Expected<std::vector<double>> scales = node.getNumbers(1);
  bool shrinks = false;
  if (scales)
    shrinks = any_of(*scales, [](double scale) { return scale < 1; });
  else
    consumeError(scales.takeError());
  node.setString("coordinate_transformation_mode", "asymmetric");
  node.setString("nearest_mode", shrinks ? "ceil" : "floor");
  std::string factors = node.get().input(1);
  TensorProto noRegion;
  noRegion.set_data_type(TensorProto::FLOAT);
  noRegion.add_dims(0);
  node.get().set_input(1, node.addConstant(noRegion));
  node.get().add_input(factors);
  return Error::success();
}

/// BatchNormalization: without `spatial`, each element of an example had its
/// own statistics, which arithmetic can say.
static Error convertBatchNormalization(OldNode &node) {
  if (node.takeInt("spatial", 1) != 0)
    return Error::success();
  if (node.get().input_size() != 5 || node.get().output_size() != 1)
    return node.refuse("without 'spatial' needs five inputs and one output");
  MaybeAttribute epsilon = node.takeAttribute("epsilon");
  auto input = [&](int index) { return node.get().input(index); };
  auto add = [&](const char *op, ArrayRef<std::string> inputs) {
    return node.addBefore(op, inputs).output(0);
  };
  std::string least = node.addScalar(epsilon ? epsilon->f() : 1e-5f);
  std::string centred = add("Sub", {input(0), input(3)});
  std::string deviation = add("Sqrt", {add("Add", {input(4), least})});
  std::string scaled = add("Mul", {add("Div", {centred, deviation}), input(1)});
  add("Add", {scaled, input(2)});
  node.dissolve();
  return Error::success();
}

/// The tensors of a Scan's inputs or outputs, of which its body's are slices.
static void addSlices(
    google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto> &outer,
    const google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto> &inner,
    const std::string &prefix) {
  for (const auto &value : inner) {
    auto &added = *outer.Add();
    added.set_name(prefix + value.name());
    if (value.type().has_tensor_type())
      added.mutable_type()->mutable_tensor_type()->set_elem_type(
          value.type().tensor_type().elem_type());
  }
}

/// Scan: had a batch as first dimension. A Scan over the batch, without state,
/// of Scans says the same. What else changed with this opset is in the table
/// too, for the library does not look into what is hidden from it.
static Error convertScan(OldNode &node) {
  if (node.hasInput(0))
    return node.refuse("has sequence lengths, which newer opsets lack");
  if (node.get().input_size() < 2)
    return node.refuse("has nothing to scan");
  node.renameAttribute("directions", "scan_input_directions");
  NodeProto &outer = node.get();
  NodeProto inner = outer;
  const AttributeProto *body = nullptr;
  for (const AttributeProto &attribute : inner.attribute())
    if (attribute.name() == "body")
      body = &attribute;
  if (!body)
    return node.refuse("lacks its body");

  outer.clear_attribute();
  outer.mutable_input()->DeleteSubrange(0, 1);
  AttributeProto &outerBody = *outer.add_attribute();
  outerBody.set_name("body");
  outerBody.set_type(AttributeProto::GRAPH);
  GraphProto &graph = *outerBody.mutable_g();
  graph.set_name("example");
  // Different from every name inside, which the inner body may use.
  std::string prefix = outer.output(0) + "_example_";
  addSlices(*graph.mutable_input(), body->g().input(), prefix);
  addSlices(*graph.mutable_output(), body->g().output(), prefix);
  node.setInt("num_scan_inputs", outer.input_size());

  inner.clear_name();
  inner.clear_input();
  inner.clear_output();
  for (const auto &input : graph.input())
    inner.add_input(input.name());
  for (const auto &output : graph.output())
    inner.add_output(output.name());
  *graph.add_node() = std::move(inner);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

namespace {
/// How the nodes of an operator get the form that came with an opset.
struct Conversion {
  StringLiteral op;
  int version;
  Error (*convert)(OldNode &node);
};
} // namespace

static constexpr Conversion conversions[] = {
    {"GlobalLpPool", 2, convertLpPool},
    {"LpPool", 2, convertLpPool},
    {"Pad", 2, renamePads},
    {"Split", 2, convertSplit},
    {"GRU", 3, keep},
    {"Cast", 6, convertCast},
    {"Tile", 6, convertTile},
    {"Add", 7, convertBroadcast},
    {"And", 7, convertBroadcast},
    {"Div", 7, convertBroadcast},
    {"Equal", 7, convertBroadcast},
    {"Greater", 7, convertBroadcast},
    {"Less", 7, convertBroadcast},
    {"Mul", 7, convertBroadcast},
    {"Or", 7, convertBroadcast},
    {"Pow", 7, convertBroadcast},
    {"Sub", 7, convertBroadcast},
    {"Xor", 7, convertBroadcast},
    {"GRU", 7, dropOutputSequence},
    {"LSTM", 7, dropOutputSequence},
    {"RNN", 7, dropOutputSequence},
    {"PRelu", 7, convertPRelu},
    {"Upsample", 7, convertUpsample},
    {"BatchNormalization", 9, convertBatchNormalization},
    {"Scan", 9, convertScan},
    {"Upsample", 9, moveScales},
    {"Upsample", 10, renameToResize},
    {"Clip", 11, convertClip},
    {"Pad", 11, convertPad},
    {"Resize", 11, convertResize},
};

static const Conversion *findConversion(const NodeProto &node, int version) {
  if (!node.domain().empty() && node.domain() != "ai.onnx")
    return nullptr;
  const auto *found = find_if(conversions, [&](const Conversion &conversion) {
    return conversion.version == version && node.op_type() == conversion.op;
  });
  return found == std::end(conversions) ? nullptr : found;
}

/// The library leaves other domains alone.
constexpr char hiddenDomain[] = "sparse_opt.converted";

bool sopt::hasOldOperators(const GraphProto &graph, int version) {
  return any_of(graph.node(), [&](const NodeProto &node) {
    return findConversion(node, version) ||
           any_of(node.attribute(), [&](const AttributeProto &attribute) {
             return hasOldOperators(attribute.g(), version);
           });
  });
}

static Error convertGraph(GraphProto &graph, int version,
                          const TensorScope *parent) {
  // The scope refers to constants of the nodes as they were.
  google::protobuf::RepeatedPtrField<NodeProto> nodes, converted;
  TensorScope scope(graph, parent);
  nodes = graph.node();
  for (NodeProto &node : nodes) {
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        if (Error error = convertGraph(*attribute.mutable_g(), version, &scope))
          return error;
    OldNode old(node, scope);
    const Conversion *conversion = findConversion(node, version);
    if (!conversion) {
      *converted.Add() = std::move(node);
      continue;
    }
    if (Error error = conversion->convert(old))
      return error;
    int first = converted.size();
    old.finish(converted);
    for (NodeProto &made : drop_begin(converted, first))
      made.set_domain(hiddenDomain);
  }
  *graph.mutable_node() = std::move(converted);
  return Error::success();
}

Error sopt::convertOldOperators(::onnx::ModelProto &model, int version) {
  auto &hidden = *model.add_opset_import();
  hidden.set_domain(hiddenDomain);
  hidden.set_version(1);
  return convertGraph(*model.mutable_graph(), version, nullptr);
}

static void revealGraph(GraphProto &graph) {
  for (NodeProto &node : *graph.mutable_node()) {
    if (node.domain() == hiddenDomain)
      node.clear_domain();
    for (AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        revealGraph(*attribute.mutable_g());
  }
}

void sopt::revealOperators(::onnx::ModelProto &model) {
  revealGraph(*model.mutable_graph());
  llvm::erase_if(*model.mutable_opset_import(), [](const auto &opset) {
    return opset.domain() == hiddenDomain;
  });
}
