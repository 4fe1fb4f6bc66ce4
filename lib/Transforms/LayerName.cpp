//===- LayerName.cpp - What a user calls a layer --------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LayerName.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

std::string sopt::getLayerName(Location loc) {
  StringRef name = onnx::getNodeName(loc);
  if (!name.empty())
    return name.str();
  std::string text;
  llvm::raw_string_ostream(text) << loc;
  return text;
}
