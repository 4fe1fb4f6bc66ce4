//===- Diagnostics.cpp - Errors in the user's words -----------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagnostics.h"
#include "dialects/ONNX/IR/NodeLocation.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sopt;

ModelDiagnosticHandler::ModelDiagnosticHandler(MLIRContext *context,
                                               llvm::StringRef file)
    : ScopedDiagnosticHandler(context), file(file) {
  setHandler([this](Diagnostic &diagnostic) {
    print(diagnostic.getLocation(), diagnostic.getSeverity(), diagnostic.str());
    for (Diagnostic &note : diagnostic.getNotes())
      print(note.getLocation(), note.getSeverity(), note.str());
    return success();
  });
}

void ModelDiagnosticHandler::print(Location loc, DiagnosticSeverity severity,
                                   const std::string &message) {
  llvm::raw_ostream &os = llvm::errs();
  os << file;
  if (auto position = loc->findInstanceOf<FileLineColLoc>();
      position && position.getLine())
    os << ':' << position.getLine() << ':' << position.getColumn();
  os << ": ";
  switch (severity) {
  case DiagnosticSeverity::Error:
    llvm::WithColor::error(os);
    break;
  case DiagnosticSeverity::Warning:
    llvm::WithColor::warning(os);
    break;
  case DiagnosticSeverity::Note:
    llvm::WithColor::note(os);
    break;
  case DiagnosticSeverity::Remark:
    llvm::WithColor::remark(os);
    break;
  }
  if (llvm::StringRef node = onnx::getNodeName(loc); !node.empty())
    os << "node '" << node << "': ";
  os << message << '\n';
}
