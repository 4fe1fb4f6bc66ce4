//===- Zip.h - Archives, as far as .npz needs -------------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_LIB_EXECUTION_ZIP_H
#define SPARSE_OPT_LIB_EXECUTION_ZIP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace sopt {

/// A file of an archive.
struct ZipEntry {
  std::string name;
  std::vector<char> bytes;
};

/// The entries of an archive, stored or deflated. Fails on what is damaged,
/// encrypted, or claims to inflate to more than deflate can.
llvm::Expected<std::vector<ZipEntry>> readZip(llvm::StringRef archive);

/// Stores `entries`. The result depends on nothing else, e.g. the time.
std::string writeZip(llvm::ArrayRef<ZipEntry> entries);

} // namespace sopt

#endif // SPARSE_OPT_LIB_EXECUTION_ZIP_H
