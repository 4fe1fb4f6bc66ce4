//===- OnnxOdsGen.cpp - ODS of the onnx dialect from ONNX's schemas -------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints one ODS definition for every operator of the ai.onnx domain, in its
// newest version that is not deprecated. The schemas compiled into the ONNX
// library are the only source, so a newer library gives a newer dialect.
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/OdsNames.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ToolOutputFile.h"
#include <map>
#include <onnx/defs/schema.h>

using namespace llvm;
using ::onnx::AttributeProto;
using ::onnx::OpSchema;

/// Operators that need more than their schema says.
static const std::map<std::string, StringRef> extraDefinition = {
    {"Constant", R"(  let hasFolder = 1;
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    $_state.addTypes(value.getType());
    $_state.getOrAddProperties<Properties>().value = value;
  }]>];
)"},
};

static const char *getConstraint(OpSchema::FormalParameterOption option) {
  switch (option) {
  case OpSchema::Single:
    return "ONNX_Value";
  case OpSchema::Optional:
    return "Optional<ONNX_Value>";
  case OpSchema::Variadic:
    return "Variadic<ONNX_Value>";
  }
  llvm_unreachable("unknown option");
}

/// The ODS attribute that holds an attribute of `type`, or empty for a graph.
static StringRef getAttributeClass(AttributeProto::AttributeType type) {
  switch (type) {
  case AttributeProto::FLOAT:
    return "F32Attr";
  case AttributeProto::INT:
    return "I64Attr";
  case AttributeProto::STRING:
    return "StrAttr";
  case AttributeProto::FLOATS:
    return "DenseF32ArrayAttr";
  case AttributeProto::INTS:
    return "DenseI64ArrayAttr";
  case AttributeProto::STRINGS:
    return "StrArrayAttr";
  case AttributeProto::TENSOR:
    return "ElementsAttr";
  case AttributeProto::TYPE_PROTO:
    return "TypeAttr";
  case AttributeProto::SPARSE_TENSOR:
    return "AnyAttr";
  default:
    return "";
  }
}

static std::string quoteForODS(StringRef text) {
  std::string escaped;
  raw_string_ostream(escaped) << '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      escaped += '\\';
    escaped += c;
  }
  return escaped + '"';
}

/// The default as ODS wants it: a C++ expression inside a string, or empty.
/// Nine digits tell every float from its neighbours.
static std::string getDefault(const OpSchema::Attribute &attribute) {
  const AttributeProto &value = attribute.default_value;
  if (attribute.required || value.name().empty())
    return "";
  auto list = [](const auto &range, const char *format) {
    return "\"{" +
           join(map_range(range,
                          [&](auto v) { return formatv(format, v).str(); }),
                ", ") +
           "}\"";
  };
  switch (attribute.type) {
  case AttributeProto::FLOAT:
    return formatv("\"{0:e8}\"", value.f());
  case AttributeProto::INT:
    return formatv("\"{0}\"", value.i());
  case AttributeProto::STRING:
    return quoteForODS(quoteForODS(value.s()));
  case AttributeProto::FLOATS:
    return list(value.floats(), "{0:e8}");
  case AttributeProto::INTS:
    return list(value.ints(), "{0}");
  default:
    return "";
  }
}

static void printParameters(raw_ostream &os, StringRef keyword,
                            ArrayRef<OpSchema::FormalParameter> parameters,
                            ArrayRef<std::string> attributes,
                            const StringSet<> &taken) {
  SmallVector<std::string> entries;
  for (const auto &parameter : parameters) {
    std::string name = sopt::onnx::getODSName(parameter.GetName());
    while (taken.contains(name))
      name += "_out";
    entries.push_back(
        formatv("{0}:${1}", getConstraint(parameter.GetOption()), name));
  }
  append_range(entries, attributes);
  os << "  let " << keyword << ' ' << join(entries, ",\n    ") << ");\n";
}

static bool isSegmented(ArrayRef<OpSchema::FormalParameter> parameters) {
  return count_if(parameters, [](const OpSchema::FormalParameter &parameter) {
           return parameter.GetOption() != OpSchema::Single;
         }) > 1;
}

static void printOperator(raw_ostream &os, const OpSchema &schema) {
  SmallVector<std::string> attributes, regions, traits;
  std::map<std::string, OpSchema::Attribute> sorted(schema.attributes().begin(),
                                                    schema.attributes().end());
  for (const auto &[name, attribute] : sorted) {
    std::string odsName = sopt::onnx::getODSName(name);
    StringRef type = getAttributeClass(attribute.type);
    if (type.empty()) {
      regions.push_back("AnyRegion:$" + odsName);
      continue;
    }
    std::string defaultValue = getDefault(attribute);
    std::string constraint =
        attribute.required ? type.str()
        : defaultValue.empty()
            ? formatv("OptionalAttr<{0}>", type).str()
            : formatv("DefaultValuedAttr<{0}, {1}>", type, defaultValue).str();
    attributes.push_back(formatv("{0}:${1}", constraint, odsName));
  }

  if (schema.Name() == "Constant")
    traits.push_back("ConstantLike");
  if (!regions.empty())
    traits.push_back("RecursiveMemoryEffects");
  else if (schema.GetNodeDeterminism() !=
           OpSchema::NodeDeterminism::NonDeterministic)
    traits.push_back("Pure");
  if (isSegmented(schema.inputs()))
    traits.push_back("AttrSizedOperandSegments");
  if (isSegmented(schema.outputs()))
    traits.push_back("AttrSizedResultSegments");

  StringSet<> taken;
  os << formatv("def ONNX_{0}Op : ONNX_Op<\"{0}\", [{1}]> {{\n", schema.Name(),
                join(traits, ", "));
  os << formatv("  let summary = \"ONNX {0}, version {1}\";\n", schema.Name(),
                schema.since_version());
  os << formatv("  let description = [{{\n    See "
                "https://onnx.ai/onnx/operators/onnx__{0}.html\n  }];\n",
                schema.Name());
  printParameters(os, "arguments = (ins", schema.inputs(), attributes, taken);
  for (const auto &input : schema.inputs())
    taken.insert(sopt::onnx::getODSName(input.GetName()));
  for (const auto &[name, attribute] : sorted)
    taken.insert(sopt::onnx::getODSName(name));
  printParameters(os, "results = (outs", schema.outputs(), {}, taken);
  if (!regions.empty())
    os << "  let regions = (region " << join(regions, ", ") << ");\n"
       << "  let assemblyFormat = ONNX_RegionFormat;\n";
  if (auto it = extraDefinition.find(schema.Name());
      it != extraDefinition.end())
    os << it->second;
  os << "}\n\n";
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::opt<std::string> output("o", cl::desc("File to write"), cl::init("-"));
  cl::ParseCommandLineOptions(argc, argv, "ODS from ONNX's schemas\n");

  std::map<std::string, OpSchema> newest;
  for (const OpSchema &schema :
       ::onnx::OpSchemaRegistry::get_all_schemas_with_history()) {
    if (!schema.domain().empty() || schema.deprecated())
      continue;
    auto [it, isNew] = newest.try_emplace(schema.Name(), schema);
    if (!isNew && it->second.since_version() < schema.since_version())
      it->second = schema;
  }

  std::error_code error;
  ToolOutputFile file(output, error, sys::fs::OpenFlags::OF_Text);
  if (error) {
    errs() << output << ": " << error.message() << '\n';
    return 1;
  }
  for (const auto &[name, schema] : newest)
    printOperator(file.os(), schema);
  file.keep();
  return 0;
}
