/*===- ModelInfo.h - What generated code and runtime tell each other -*- C
 * -*-===
 *
 * Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===------------------------------------------------------------------------===
 *
 * An emitted library is one generated object, which defines
 * `sopt_model_info`, linked with the runtime (lib/Runtime), which reads it.
 * lib/Target/SharedLibrary writes the table; nobody else depends on it.
 *
 *===------------------------------------------------------------------------===*/

#ifndef SPARSE_OPT_RUNTIME_MODELINFO_H
#define SPARSE_OPT_RUNTIME_MODELINFO_H

#include "sparse-opt/Runtime/Model.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Internal to one library: two models in a process never meet. */
#pragma GCC visibility push(hidden)

typedef struct SoptModelInfo {
  int32_t abiVersion;
  int32_t numInputs;
  int32_t numOutputs;
  int32_t numNodes;
  const SoptTensorInfo *inputs;
  const SoptTensorInfo *outputs;
  const char *const *nodeNames; /**< Original ONNX nodes, by profile index. */

  /** Runs the model. `arguments[i]` points at the memref descriptor of input i:
   * {void *allocated, void *aligned, int64 offset, int64 sizes[rank], int64
   * strides[rank]}. The descriptors of the outputs are written to `results`,
   * one after the other; their memory came from the allocator below. */
  void (*run)(void *results, void *const *arguments);

  /** Sizes of all outputs' dimensions (concatenated) from those of all
   * inputs', -1 where only a run can tell. `outputDims` holds what the model's
   * symbols say. May be null: then no more is known. */
  void (*shapes)(const int64_t *inputDims, int64_t *outputDims);
} SoptModelInfo;

extern const SoptModelInfo sopt_model_info;

/* What generated code calls, on the thread that called run only. */

/** Memory of the running context's arena. Generated code frees each block
 * after its last use, except for the outputs. Names are those of MLIR's
 * `finalize-memref-to-llvm{use-generic-functions}`. */
void *_mlir_memref_to_llvm_alloc(uint64_t size);
void *_mlir_memref_to_llvm_aligned_alloc(uint64_t alignment, uint64_t size);
void _mlir_memref_to_llvm_free(void *block);

/** From now on original node `node` runs (an index into nodeNames): time is
 * spent, and failures happen, for it. Costs next to nothing unless profiling.
 */
void sopt_rt_node(int64_t node);

/** Multiply-adds times two about to be done. */
void sopt_rt_flops(int64_t count);

/** How many threads run the model, all of which may use AMX's tile registers
 * from now on. Where the system does not grant them, the run ends here. */
int64_t sopt_rt_tile_threads(void);

/** The running node failed: input data gave an index into a dimension of `size`
 * elements that is not in it, or a size that is not the one the node needs. The
 * first failure is reported; generated code goes on with a value that is safe
 * for memory. */
void sopt_rt_bad_index(int64_t value, int64_t size);
void sopt_rt_bad_shape(int64_t value, int64_t expected);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* SPARSE_OPT_RUNTIME_MODELINFO_H */
