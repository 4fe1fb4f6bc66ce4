//===- NodeLocation.cpp - Names of nodes and tensors as locations ---------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/ONNX/IR/NodeLocation.h"
#include "dialects/ONNX/IR/ONNX.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sopt;

Location onnx::getNodeLocation(MLIRContext *context, StringRef nodeName,
                               ArrayRef<StringRef> resultNames) {
  auto name = StringAttr::get(context, nodeName);
  if (resultNames.empty())
    return NameLoc::get(name);
  SmallVector<Location> results;
  for (StringRef result : resultNames)
    results.push_back(NameLoc::get(StringAttr::get(context, result)));
  // A fused location of one location is that location.
  return NameLoc::get(name, FusedLoc::get(context, results));
}

Location onnx::addNotes(Location loc, DictionaryAttr notes) {
  return FusedLoc::get(loc->getContext(), loc, notes);
}

DictionaryAttr onnx::getNotes(Location loc) {
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return getNotes(call.getCallee());
  auto fused = dyn_cast<FusedLoc>(loc);
  if (!fused)
    return {};
  if (auto notes = dyn_cast_if_present<DictionaryAttr>(fused.getMetadata()))
    return notes;
  return fused.getLocations().empty() ? DictionaryAttr()
                                      : getNotes(fused.getLocations().front());
}

/// Calls `visit` with the nodes' locations inside `loc`, first to last.
static void forEachNode(Location loc, function_ref<void(NameLoc)> visit) {
  if (auto node = dyn_cast<NameLoc>(loc))
    return visit(node);
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      forEachNode(part, visit);
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    forEachNode(call.getCallee(), visit);
}

static NameLoc getFirstNode(Location loc) {
  NameLoc first;
  forEachNode(loc, [&](NameLoc node) {
    if (!first)
      first = node;
  });
  return first;
}

StringRef onnx::getNodeName(Location loc) {
  NameLoc node = getFirstNode(loc);
  return node ? node.getName().getValue() : StringRef();
}

SmallVector<StringRef> onnx::getNodeNames(Location loc) {
  llvm::SetVector<StringRef> names;
  forEachNode(loc, [&](NameLoc node) {
    if (!node.getName().empty())
      names.insert(node.getName().getValue());
  });
  return SmallVector<StringRef>(names.begin(), names.end());
}

SmallVector<StringRef> onnx::getResultNames(Location loc) {
  NameLoc node = getFirstNode(loc);
  if (!node)
    return {};
  Location child = node.getChildLoc();
  if (auto result = dyn_cast<NameLoc>(child))
    return {result.getName().getValue()};
  auto fused = dyn_cast<FusedLoc>(child);
  if (!fused || !llvm::all_of(fused.getLocations(), llvm::IsaPred<NameLoc>))
    return {};
  return llvm::map_to_vector(fused.getLocations(), [](Location result) {
    return cast<NameLoc>(result).getName().getValue();
  });
}

StringRef onnx::getTensorName(OpResult value) {
  Operation *op = value.getOwner();
  SmallVector<StringRef> names = getResultNames(op->getLoc());
  // Results that the model leaves out have no name.
  auto isPresent = [](Value result) {
    return !isa<NoneType>(result.getType());
  };
  if (isPresent(value) &&
      int64_t(names.size()) == llvm::count_if(op->getResults(), isPresent))
    return names[llvm::count_if(
        op->getResults().take_front(value.getResultNumber()), isPresent)];
  if (names.empty() && op->getNumOperands() == 0)
    return getNodeName(op->getLoc());
  return {};
}
