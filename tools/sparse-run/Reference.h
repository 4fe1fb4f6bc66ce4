//===- Reference.h - The same model in onnxruntime --------------*- C++ -*-===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// onnxruntime is reached through Python, which drives it in a process of its
// own (Reference.py): the two runtimes then share neither threads nor memory,
// and this tool does not depend on it.
//
//===----------------------------------------------------------------------===//

#ifndef SPARSE_OPT_TOOLS_SPARSERUN_REFERENCE_H
#define SPARSE_OPT_TOOLS_SPARSERUN_REFERENCE_H

#include "sparse-opt/Execution/Tensor.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace sopt {

class Reference {
public:
  struct Config {
    std::string model;  ///< An ONNX file.
    std::string python; ///< An interpreter, or "" to look for one.
    int32_t threads;
  };

  /// Starts the process and gives it the inputs of all runs.
  static llvm::Expected<std::unique_ptr<Reference>>
  start(const Config &config, llvm::ArrayRef<Tensor> inputs);

  ~Reference();

  llvm::StringRef getVersion() const { return version; }

  /// The outputs, as out:NAME.
  llvm::Expected<std::vector<Tensor>> run();

  /// Nanoseconds of each of `runs` runs.
  llvm::Expected<std::vector<double>> time(unsigned runs);

private:
  Reference() = default;

  llvm::Error spawn(const Config &config);
  llvm::Error load(llvm::ArrayRef<Tensor> inputs);

  /// The answer to a command, less the "ok" it starts with.
  llvm::Expected<std::string> ask(llvm::StringRef command);
  llvm::Expected<std::string> readAnswer();

  std::string folder; ///< For arrays; removed with the object.
  std::string version;
  int process = 0;
  int commands = -1, answers = -1; ///< Ends of the pipes.
};

} // namespace sopt

#endif // SPARSE_OPT_TOOLS_SPARSERUN_REFERENCE_H
