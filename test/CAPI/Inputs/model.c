/*===- model.c - A model through the compiler, from C ---------------------===*\
|*                                                                            *|
|* Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.    *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* usage: model INPUT PIPELINE OUTPUT...                                      *|
|*                                                                            *|
|* Runs PIPELINE on the model and writes it in the format of each OUTPUT. For *|
|* the pipeline "cpu" it is compiled.                                         *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "sparse-opt-c/Model.h"
#include "mlir-c/Diagnostics.h"
#include <stdio.h>
#include <string.h>

static void print(MlirStringRef text, void *stream) {
  fwrite(text.data, 1, text.length, stream);
}

static MlirLogicalResult report(MlirDiagnostic diagnostic, void *count) {
  MlirLocation location = mlirDiagnosticGetLocation(diagnostic);
  MlirStringRef node = soptLocationGetNodeName(location);
  printf("caught [%.*s] ", (int)node.length, node.data);
  mlirDiagnosticPrint(diagnostic, print, stdout);
  printf("\n");
  ++*(int *)count;
  return mlirLogicalResultSuccess();
}

static MlirLogicalResult compile(MlirModule model, const char *pipeline,
                                 char **outputs) {
  MlirStringRef native = mlirStringRefCreateFromCString("native");
  MlirLogicalResult result =
      strcmp(pipeline, "cpu") == 0
          ? soptModelLowerToCPU(model, native)
          : soptModelRunPipeline(model,
                                 mlirStringRefCreateFromCString(pipeline));
  for (; *outputs && mlirLogicalResultIsSuccess(result); ++outputs)
    result =
        soptModelWrite(model, mlirStringRefCreateFromCString(*outputs), native);
  return result;
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  int count = 0;
  MlirContext context = soptContextCreate();
  mlirContextAttachDiagnosticHandler(context, report, &count, NULL);
  MlirModule model =
      soptModelRead(context, mlirStringRefCreateFromCString(argv[1]));
  int failed = mlirModuleIsNull(model) ||
               mlirLogicalResultIsFailure(compile(model, argv[2], argv + 3));
  if (!mlirModuleIsNull(model))
    mlirModuleDestroy(model);
  mlirContextDestroy(context);
  printf("%s, %d caught\n", failed ? "failed" : "done", count);
  return failed;
}
