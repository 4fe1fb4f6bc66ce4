//===- NpzFuzzer.cpp - Feeds the reader of .npz with mutated files --------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Half of the changes are made to what lies in the archive, since no changed
// archive has the right checksum.
//
//===----------------------------------------------------------------------===//

#include "LibFuzzer.h"
#include "lib/Execution/Zip.h"
#include "sparse-opt/Execution/Npz.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <cstring>

using namespace llvm;
using namespace sopt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Expected<std::vector<Tensor>> tensors =
      readNpz(MemoryBufferRef(toStringRef({data, size}), "arrays.npz"));
  if (tensors)
    return 0;
  std::string message = toString(tensors.takeError());
  if (!StringRef(message).contains("arrays.npz")) {
    errs() << "broken promise: an error names the file: " << message << '\n';
    std::abort();
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  Expected<std::vector<ZipEntry>> entries = readZip(toStringRef({data, size}));
  if (!entries)
    consumeError(entries.takeError());
  if (seed % 2 == 0 || !entries || entries->empty())
    return LLVMFuzzerMutate(data, size, maxSize);
  std::vector<char> &bytes = (*entries)[seed / 2 % entries->size()].bytes;
  size_t oldSize = bytes.size();
  bytes.resize(oldSize + 64);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(bytes.data()),
                                oldSize, bytes.size()));
  std::string archive = writeZip(*entries);
  if (archive.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::memcpy(data, archive.data(), archive.size());
  return archive.size();
}
