//===- OperatorTypes.cpp - What ONNX lets an operator work on -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Import/OperatorTypes.h"
#include "llvm/ADT/STLExtras.h"
#include <onnx/defs/schema.h>

std::vector<std::string> sopt::getElementTypeNames(llvm::StringRef name) {
  const ::onnx::OpSchema *schema = ::onnx::OpSchemaRegistry::Schema(name.str());
  if (!schema)
    return {};
  // The data: a condition before it has only one type.
  const auto &parameters =
      schema->inputs().empty() ? schema->outputs() : schema->inputs();
  auto data = llvm::find_if(parameters, [](const auto &parameter) {
    return parameter.GetTypes().size() > 1;
  });
  if (data == parameters.end())
    data = parameters.begin();
  std::vector<std::string> names;
  for (const std::string *type : data->GetTypes()) {
    llvm::StringRef element = *type;
    if (element.consume_front("tensor(") && element.consume_back(")"))
      names.push_back(element.str());
  }
  return names;
}
