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

/// Shape inference goes on after an error and lists what comes of it. An error
/// in a subgraph follows those of the nodes around it.
static StringRef keepFirstError(StringRef message) {
  constexpr StringLiteral start = "(op_type:", nesting = "Inference error(s):";
  if (!message.contains(nesting))
    return message;
  size_t end = message.find(start);
  while (end != StringRef::npos &&
         message.take_front(end).rtrim().ends_with(nesting))
    end = message.find(start, end + 1);
  return message.take_front(end);
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
