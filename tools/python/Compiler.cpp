//===- Compiler.cpp - From a model to a library ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compiler.h"
#include "mlir-c/Diagnostics.h"
#include "sparse-opt-c/Model.h"

static void append(MlirStringRef text, void *string) {
  static_cast<std::string *>(string)->append(text.data, text.length);
}

/// Appends `node 'N': message` and its notes, a line each.
static void appendDiagnostic(MlirDiagnostic diagnostic, std::string &lines) {
  MlirStringRef node =
      soptLocationGetNodeName(mlirDiagnosticGetLocation(diagnostic));
  if (!lines.empty())
    lines += '\n';
  if (node.length)
    lines += "node '" + std::string(node.data, node.length) + "': ";
  mlirDiagnosticPrint(diagnostic, append, &lines);
  for (intptr_t i = 0; i < mlirDiagnosticGetNumNotes(diagnostic); ++i)
    appendDiagnostic(mlirDiagnosticGetNote(diagnostic, i), lines);
}

static MlirLogicalResult collect(MlirDiagnostic diagnostic, void *lines) {
  if (mlirDiagnosticGetSeverity(diagnostic) == MlirDiagnosticError)
    appendDiagnostic(diagnostic, *static_cast<std::string *>(lines));
  return mlirLogicalResultSuccess();
}

static MlirStringRef toRef(const std::string &text) {
  return mlirStringRefCreate(text.data(), text.size());
}

void sopt::compile(const std::string &input, const std::string &output,
                   const std::string &cpu) {
  std::string lines;
  MlirContext context = soptContextCreate();
  mlirContextAttachDiagnosticHandler(context, collect, &lines, nullptr);
  MlirModule model = soptModelRead(context, toRef(input));
  bool isDone =
      !mlirModuleIsNull(model) &&
      mlirLogicalResultIsSuccess(soptModelLowerToCPU(model, toRef(cpu))) &&
      mlirLogicalResultIsSuccess(
          soptModelWrite(model, toRef(output), toRef(cpu)));
  if (!mlirModuleIsNull(model))
    mlirModuleDestroy(model);
  mlirContextDestroy(context);
  if (!isDone)
    throw CompileError(lines);
}
