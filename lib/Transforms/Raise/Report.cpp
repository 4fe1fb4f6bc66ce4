//===- Report.cpp - What was raised, and what nearly was ------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

void RaiseReport::noteRaised(StringRef what, Location loc) {
  raised.emplace_back(what.str(), loc);
}

LogicalResult RaiseReport::noteMiss(Operation *op, StringRef what,
                                    const Twine &reason) {
  misses[op] = {what.str(), reason.str()};
  return failure();
}

/// The name a user knows the operation by, or else its location.
static void printPlace(raw_ostream &os, Location loc) {
  StringRef name = onnx::getNodeName(loc);
  if (!name.empty())
    os << '\'' << name << '\'';
  else
    os << loc;
}

void RaiseReport::print(raw_ostream &os) const {
  llvm::MapVector<StringRef, unsigned> counts;
  for (const auto &[what, loc] : raised)
    ++counts[what];
  os << "raised:";
  if (counts.empty())
    os << " nothing";
  llvm::interleave(
      counts, os,
      [&](const auto &entry) {
        os << ' ' << entry.second << ' ' << entry.first;
      },
      ",");
  os << '\n';
  for (const auto &[what, loc] : raised) {
    os << "  " << what << " at ";
    printPlace(os, loc);
    os << '\n';
  }
  for (const auto &[op, miss] : misses) {
    os << "near miss: " << op->getName() << " at ";
    printPlace(os, op->getLoc());
    os << " is in no " << miss.what << ": " << miss.reason << '\n';
  }
}
