//===- Supported.cpp - Which operators a target takes ---------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names come from the patterns of the lowering and from the table of
// operators that are expanded. The types are those that ONNX gives an operator,
// as far as the target has them.
//
//===----------------------------------------------------------------------===//

#include "Supported.h"
#include "sparse-opt/Conversion/OnnxToLinalg.h"
#include "sparse-opt/Import/OperatorTypes.h"
#include "sparse-opt/Transforms/ExpandFunctions.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <set>

using namespace mlir;
using namespace sopt;

/// A column of the table.
struct ElementType {
  llvm::StringLiteral name, shortName;
};

/// Element types that code for the CPU works on, in the order of the columns.
static const ElementType kElementTypes[] = {
    {"float", "f32"},     {"double", "f64"}, {"float16", "f16"},
    {"bfloat16", "bf16"}, {"int8", "i8"},    {"int16", "i16"},
    {"int32", "i32"},     {"int64", "i64"},  {"uint8", "u8"},
    {"uint16", "u16"},    {"uint32", "u32"}, {"uint64", "u64"},
    {"bool", "bool"},
};

using TypesByOperator = std::map<std::string, std::set<std::string>>;

static TypesByOperator collect(MLIRContext *context) {
  TypesByOperator result;
  llvm::SmallVector<llvm::StringRef> names = getLoweredOperators(context);
  llvm::append_range(names, getExpandedOperators());
  for (llvm::StringRef name : names)
    for (const std::string &type : getElementTypeNames(name))
      if (llvm::any_of(kElementTypes, [&](const ElementType &known) {
            return known.name == type;
          }))
        result[name.str()].insert(type);
  return result;
}

static void printTable(const TypesByOperator &operators,
                       llvm::raw_ostream &os) {
  os << llvm::format("%-28s", "");
  for (const ElementType &type : kElementTypes)
    os << llvm::format("%5s", type.shortName.data());
  os << '\n';
  for (const auto &[name, types] : operators) {
    os << llvm::format("%-28s", name.c_str());
    for (const ElementType &type : kElementTypes)
      os << (types.count(type.name.str()) ? "    x" : "    .");
    os << '\n';
  }
  os << operators.size() << " operators\n";
}

static void printJSON(const TypesByOperator &operators, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    for (const auto &entry : operators)
      json.attributeArray(entry.first, [&] {
        for (const std::string &type : entry.second)
          json.value(type);
      });
  });
  os << '\n';
}

void sopt::printSupported(MLIRContext *context, bool asJSON,
                          llvm::raw_ostream &os) {
  TypesByOperator operators = collect(context);
  if (asJSON)
    printJSON(operators, os);
  else
    printTable(operators, os);
}
