//===- Weights.cpp - Constants that bypass the code generator -------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Weights.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// Constants of less are cheap for the code generator, which can fold them.
static constexpr size_t minBytes = 1024;
static constexpr uint64_t alignment = 64;

/// The bytes of `value` in memory order, or empty if they are few. Bits, which
/// take a byte each in memory, are spread over `storage`.
static ArrayRef<char> getBigData(Attribute value,
                                 SmallVectorImpl<char> &storage) {
  ArrayRef<char> data;
  if (auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(value)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      data = blob->getData();
  } else if (auto dense = dyn_cast_or_null<DenseElementsAttr>(value)) {
    if (dense.isSplat() || !dense.getElementType().isIntOrFloat())
      return {};
    data = dense.getRawData();
    if (dense.getElementType().isInteger(1)) {
      storage.assign(dense.value_begin<bool>(), dense.value_end<bool>());
      data = storage;
    }
  }
  return data.size() >= minBytes ? data : ArrayRef<char>();
}

FailureOr<std::string> sopt::externalizeWeights(ModuleOp module,
                                                StringRef path) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error, llvm::sys::fs::OF_None);
  if (error)
    return module.emitError()
           << "cannot write '" << path << "': " << error.message();

  // One `.incbin`: LLVM's assembler loads the file anew for each.
  std::string assembly;
  llvm::raw_string_ostream text(assembly);
  text << ".section .rodata.sopt_weights,\"a\",@progbits\n.balign " << alignment
       << "\n.Lsopt_weights:\n.incbin \"" << path << "\"\n";
  uint64_t offset = 0;
  // One resource may stand behind constants of several shapes.
  llvm::StringMap<uint64_t> places;
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    Attribute value = global.getValueOrNull();
    SmallVector<char> storage;
    ArrayRef<char> data = getBigData(value, storage);
    if (data.empty())
      continue;
    uint64_t place = llvm::alignTo(offset, alignment);
    bool isNew = true;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
      auto [entry, inserted] =
          places.try_emplace(resource.getRawHandle().getKey(), place);
      place = entry->second;
      isNew = inserted;
    }
    if (isNew) {
      file.write_zeros(place - offset);
      file.write(data.data(), data.size());
      offset = place + data.size();
    }
    StringRef name = global.getSymName();
    text << ".hidden \"" << name << "\"\n.globl \"" << name << "\"\n.set \""
         << name << "\", .Lsopt_weights + " << place << "\n";
    global.removeValueAttr();
    global.setLinkage(LLVM::Linkage::External);
    global.setVisibility_(LLVM::Visibility::Hidden);
    global.setDsoLocal(true);
    global.setAlignment(alignment);
  }
  file.close();
  if (file.has_error()) {
    error = file.error();
    file.clear_error();
    return module.emitError()
           << "cannot write '" << path << "': " << error.message();
  }
  if (offset == 0)
    return std::string();
  text << ".text\n";
  return assembly;
}
