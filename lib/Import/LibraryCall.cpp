//===- LibraryCall.cpp - Calls of the ONNX library ------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LibraryCall.h"
#include "llvm/ADT/StringExtras.h"
#include <exception>

using namespace llvm;

/// The ONNX library's messages span lines; ours are one.
static Error makeOneLine(StringRef message) {
  SmallVector<StringRef> words;
  SplitString(message, words, " \t\r\n");
  return make_error<StringError>(join(words, " "), inconvertibleErrorCode());
}

Error sopt::callLibrary(function_ref<void()> step) {
  try {
    step();
    return Error::success();
  } catch (const std::exception &exception) {
    return makeOneLine(exception.what());
  } catch (...) {
    return createStringError("the ONNX library failed without saying why");
  }
}
