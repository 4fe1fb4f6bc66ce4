//===- TensorNames.cpp - Which tensor is called what ----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorNames.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "dialects/Sopt/IR/Sopt.h"

using namespace mlir;
using namespace sopt;
using sopt::onnx::ONNXDialect;

bool sopt::isInitializer(Operation *op) {
  return isa<onnx::ConstantOp, SparseConstantOp>(op);
}

TensorNames::TensorNames(func::FuncOp function) {
  nameInputs(function);
  nameOutputs(function);
  nameConstants(function.getBody());
  nameResults(function.getBody());
}

std::string TensorNames::makeUnique(StringRef hint) {
  std::string name = hint.str();
  for (unsigned suffix = 1; !taken.insert(name).second; ++suffix)
    name = (hint + "_" + Twine(suffix)).str();
  return name;
}

static StringRef getDeclaredName(DictionaryAttr attributes) {
  auto name = attributes
                  ? attributes.getAs<StringAttr>(ONNXDialect::getNameAttrName())
                  : StringAttr();
  return name ? name.getValue() : StringRef();
}

void TensorNames::nameInputs(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments()) {
    StringRef name =
        getDeclaredName(function.getArgAttrDict(argument.getArgNumber()));
    names[argument] = makeUnique(name.empty() ? "input" : name);
  }
}

void TensorNames::nameOutputs(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    StringRef name = getDeclaredName(function.getResultAttrDict(index));
    if (name.empty())
      name = "output";
    auto known = names.find(value);
    if (known != names.end() && known->second == name) {
      // An input that the model hands on under its own name.
      outputs.push_back(name.str());
      continue;
    }
    outputs.push_back(makeUnique(name));
    // A constant keeps its own name, for the weights to be found again.
    auto constant = dyn_cast<OpResult>(value);
    if (constant && !isInitializer(constant.getOwner()))
      constant = {};
    if (known == names.end() &&
        (!constant || onnx::getTensorName(constant) == name))
      names[value] = outputs.back();
  }
}

void TensorNames::nameConstants(Region &region) {
  for (Operation &op : region.getOps()) {
    if (!isInitializer(&op) || names.contains(op.getResult(0)))
      continue;
    StringRef name = onnx::getTensorName(op.getResult(0));
    names[op.getResult(0)] = makeUnique(name.empty() ? "constant" : name);
  }
}

void TensorNames::nameResults(Region &region) {
  for (Operation &op : region.getOps())
    for (OpResult result : op.getResults()) {
      if (names.contains(result))
        continue;
      StringRef name = onnx::getTensorName(result);
      names[result] =
          makeUnique(name.empty() ? op.getName().stripDialect() : name);
    }
  for (Operation &op : region.getOps())
    for (Region &nested : op.getRegions()) {
      for (Block &block : nested)
        for (BlockArgument argument : block.getArguments()) {
          StringRef name = onnx::getNodeName(argument.getLoc());
          names[argument] = makeUnique(name.empty() ? "element" : name);
        }
      nameConstants(nested);
      nameResults(nested);
    }
}
