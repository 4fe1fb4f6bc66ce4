//===- ConstantBlobs.cpp - Free the weights nobody refers to --------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Transforms/ConstantBlobs.h"

using namespace mlir;
using namespace sopt;

using Entry = DialectResourceBlobManager::BlobEntry;

static void forEachBlob(Operation *op, function_ref<void(Entry *)> visit) {
  op->getAttrDictionary().walk([&](DenseResourceElementsAttr value) {
    visit(value.getRawHandle().getResource());
  });
}

/// An entry cannot be removed while attributes name it: it is left empty, which
/// its readers know from an elided one.
static void release(Entry *entry) { entry->setBlob(AsmResourceBlob()); }

ConstantBlobs::ConstantBlobs(Operation *root) {
  root->walk([&](Operation *op) { add(op); });
}

void ConstantBlobs::add(Operation *op) {
  forEachBlob(op, [&](Entry *entry) { ++uses[entry]; });
}

void ConstantBlobs::remove(Operation *op) {
  forEachBlob(op, [&](Entry *entry) {
    if (--uses[entry] > 0)
      return;
    release(entry);
    uses.erase(entry);
  });
}

void ConstantBlobs::update(Operation *root) {
  llvm::DenseMap<Entry *, int64_t> before = std::move(uses);
  uses.clear();
  root->walk([&](Operation *op) { add(op); });
  for (auto [entry, count] : before)
    if (!uses.contains(entry))
      release(entry);
}
