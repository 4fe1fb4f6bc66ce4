//===- Npz.cpp - Arrays in files, as numpy writes them --------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Execution/Npz.h"
#include "Npy.h"
#include "Zip.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace sopt;

Expected<std::vector<Tensor>> sopt::readNpz(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false,
                            /*RequiresNullTerminator=*/false);
  if (!file)
    return createFileError(path, file.getError());
  return readNpz(MemoryBufferRef((*file)->getBuffer(), path));
}

Expected<std::vector<Tensor>> sopt::readNpz(MemoryBufferRef bytes) {
  StringRef path = bytes.getBufferIdentifier();
  Expected<std::vector<ZipEntry>> entries = readZip(bytes.getBuffer());
  if (!entries)
    return createFileError(path, entries.takeError());
  std::vector<Tensor> tensors;
  for (ZipEntry &entry : *entries) {
    StringRef name = entry.name;
    name.consume_back(".npy");
    if (findTensor(tensors, name))
      return createFileError(
          path, createStringError("holds array '" + name + "' twice"));
    Expected<Tensor> tensor = parseNpy(name, entry.bytes);
    if (!tensor)
      return createFileError(path, tensor.takeError());
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

Error sopt::writeNpz(StringRef path, ArrayRef<Tensor> tensors) {
  std::vector<ZipEntry> entries;
  for (const Tensor &tensor : tensors)
    entries.push_back({tensor.name + ".npy", printNpy(tensor)});
  std::string archive = writeZip(entries);
  Error error = writeToOutput(path, [&](raw_ostream &out) {
    out << archive;
    return Error::success();
  });
  return error ? createFileError(path, std::move(error)) : Error::success();
}
