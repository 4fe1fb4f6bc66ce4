//===- Linker.cpp - Objects to a shared library ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Linker.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

using namespace llvm;

/// lld of the LLVM we were built with, or else any on the PATH.
static Expected<std::string> findLinker() {
  for (StringRef folder : {StringRef(SPARSE_OPT_LLVM_BINDIR), StringRef()}) {
    auto path = folder.empty() ? sys::findProgramByName("ld.lld")
                               : sys::findProgramByName("ld.lld", {folder});
    if (path)
      return *path;
  }
  return createStringError("cannot find the linker ld.lld; install lld-22");
}

Error sopt::linkSharedLibrary(ArrayRef<std::string> inputs, StringRef output,
                              bool mayLack) {
  Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  // Libraries by soname: a machine that only runs models has no others.
  SmallVector<StringRef> arguments = {*linker,
                                      "-shared",
                                      "-o",
                                      output,
                                      "--gc-sections",
                                      "-z",
                                      mayLack ? "undefs" : "defs",
                                      "-z",
                                      "noexecstack",
                                      "--build-id=none",
                                      "-L",
                                      SPARSE_OPT_LLVM_LIBDIR,
                                      "-L",
                                      "/usr/lib/" SPARSE_OPT_MULTIARCH,
                                      "-L",
                                      "/lib/" SPARSE_OPT_MULTIARCH,
                                      "-L",
                                      "/usr/lib64",
                                      "-L",
                                      "/usr/lib"};
  // Nothing in the library calls its C interface, so ask for all of it.
  arguments.push_back("--whole-archive");
  for (const std::string &input : inputs)
    arguments.push_back(input);
  arguments.push_back("--no-whole-archive");
  for (StringRef library : {"-l:libomp.so.5", "-l:libm.so.6", "-l:libc.so.6"})
    arguments.push_back(library);

  SmallString<128> log;
  if (std::error_code error =
          sys::fs::createTemporaryFile("sparse-opt-link", "log", log))
    return createStringError("cannot make a temporary file: %s",
                             error.message().c_str());
  std::string message;
  int result = sys::ExecuteAndWait(
      *linker, arguments, /*Env=*/std::nullopt,
      {std::nullopt, StringRef(log), StringRef(log)}, /*SecondsToWait=*/0,
      /*MemoryLimit=*/0, &message);
  if (result != 0 && message.empty())
    if (auto text = MemoryBuffer::getFile(log))
      message = (*text)->getBuffer().split('\n').first.str();
  (void)sys::fs::remove(log);
  if (result == 0)
    return Error::success();
  return createStringError("%s failed: %s", linker->c_str(), message.c_str());
}
