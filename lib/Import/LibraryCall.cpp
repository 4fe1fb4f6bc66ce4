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

/// Shape inference goes on after an error and lists what comes of it.
static StringRef keepFirstError(StringRef message) {
  constexpr StringLiteral start = "(op_type:";
  if (!message.contains("Inference error(s):"))
    return message;
  size_t first = message.find(start);
  return first == StringRef::npos
             ? message
             : message.take_front(message.find(start, first + 1));
}

/// The ONNX library's messages span lines and quote names of any length; ours
/// are one line that people read.
static Error makeOneLine(StringRef message) {
  constexpr size_t most = 1000;
  SmallVector<StringRef> words;
  SplitString(keepFirstError(message), words, " \t\r\n");
  std::string line = join(words, " ");
  if (line.size() > most)
    line.replace(most / 2, line.size() - most, " ... ");
  return make_error<StringError>(line, inconvertibleErrorCode());
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
