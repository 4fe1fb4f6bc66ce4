//===- RuntimeArchive.cpp - Where the runtime's archive is ----------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "sparse-opt/Target/SharedLibrary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace llvm;

/// The archive beside `file` or in the folder `lib` beside that of `file`.
static std::string findNear(StringRef file) {
  SmallString<256> real;
  if (sys::fs::real_path(file, real))
    return "";
  StringRef folder = sys::path::parent_path(real);
  for (StringRef place : {"", "../lib"}) {
    SmallString<256> path(folder);
    sys::path::append(path, place, "libSparseOptRuntime.a");
    sys::path::remove_dots(path, /*remove_dot_dot=*/true);
    if (sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

std::string sopt::findRuntime() {
  // This code may be part of a plugin that another program has loaded.
  auto *address = reinterpret_cast<void *>(&findNear);
  Dl_info info;
  if (dladdr(address, &info) && info.dli_fname)
    if (std::string path = findNear(info.dli_fname); !path.empty())
      return path;
  // The loader knows a program by the name it was called by, without a folder.
  return findNear(sys::fs::getMainExecutable(nullptr, address));
}
