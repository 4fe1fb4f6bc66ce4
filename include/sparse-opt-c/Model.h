/*===- Model.h - The compiler from C ------------------------------*- C -*-===*\
|*                                                                            *|
|* Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.    *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* Reads a model, runs pipelines on it and writes it, in the terms of MLIR's  *|
|* own C API, with which it mixes freely; libSparseOptC.so has both. Errors   *|
|* go to the handlers that mlirContextAttachDiagnosticHandler attaches. In    *|
|* short:                                                                     *|
|*                                                                            *|
|*   MlirContext context = soptContextCreate();                               *|
|*   MlirModule model = soptModelRead(context, path);                         *|
|*   if (!mlirModuleIsNull(model) &&                                          *|
|*       mlirLogicalResultIsSuccess(soptModelLowerToCPU(model, cpu)))         *|
|*     soptModelWrite(model, output, cpu);                                    *|
|*   mlirModuleDestroy(model);                                                *|
|*   mlirContextDestroy(context);                                             *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef SPARSE_OPT_C_MODEL_H
#define SPARSE_OPT_C_MODEL_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Adds the dialects onnx and sopt to `registry`, and all of upstream's. */
MLIR_CAPI_EXPORTED void soptRegisterAllDialects(MlirDialectRegistry registry);

/** Makes our passes and pipelines, and upstream's, known by name, for
 * soptModelRunPipeline and mlirParsePassPipeline. Once is enough. */
MLIR_CAPI_EXPORTED void soptRegisterAllPasses(void);

/** A context with all dialects, where passes are registered. The caller owns
 * it. */
MLIR_CAPI_EXPORTED MlirContext soptContextCreate(void);

/** Reads the .onnx, .mlir or .mlirbc file `path`. The caller owns the module,
 * which is null on failure. */
MLIR_CAPI_EXPORTED MlirModule soptModelRead(MlirContext context,
                                            MlirStringRef path);

/** Runs a pipeline in mlir-opt's notation, e.g.
 * `builtin.module(sopt-raise,onnx-print-shapes)`. */
MLIR_CAPI_EXPORTED MlirLogicalResult
soptModelRunPipeline(MlirModule model, MlirStringRef pipeline);

/** Raises the model and lowers it to LLVM for `cpu`, an LLVM name of a
 * processor or "native", as `sparse-opt --target=cpu` does, and refuses what it
 * refuses as too much work. The pipeline `builtin.module(sopt-raise,sopt-cpu)`
 * takes that on. */
MLIR_CAPI_EXPORTED MlirLogicalResult soptModelLowerToCPU(MlirModule model,
                                                         MlirStringRef cpu);

/** Writes the model in the format that the extension of `path` names: .onnx,
 * .mlirbc, or .so for `cpu` after soptModelLowerToCPU; else MLIR's text. The
 * file appears whole or not at all. */
MLIR_CAPI_EXPORTED MlirLogicalResult soptModelWrite(MlirModule model,
                                                    MlirStringRef path,
                                                    MlirStringRef cpu);

/** The name of the ONNX node or tensor that `location` is that of, empty
 * without one; valid as long as the context. */
MLIR_CAPI_EXPORTED MlirStringRef soptLocationGetNodeName(MlirLocation location);

#ifdef __cplusplus
}
#endif

#endif /* SPARSE_OPT_C_MODEL_H */
