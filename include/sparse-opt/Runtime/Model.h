/*===- Model.h - Running an emitted model -------------------------*- C -*-===*\
|*                                                                            *|
|* Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.    *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* The interface of every library that `sparse-opt model.onnx -o model.so`    *|
|* writes. It needs nothing but this header. In short:                        *|
|*                                                                            *|
|*   SoptContext *context = sopt_context_create(0);                           *|
|*   int64_t shape[] = {1, 128};                                              *|
|*   SoptInput input = {ids, SOPT_INT64, 2, shape};                           *|
|*   SoptOutput output = {0};                                                 *|
|*   if (sopt_run(context, &input, 1, &output, 1) != SOPT_OK)                 *|
|*     puts(sopt_last_error(context));                                        *|
|*   ... output.data, output.rank, output.shape ...                           *|
|*   sopt_context_destroy(context);                                           *|
|*                                                                            *|
|* A context serves one thread at a time; any number of contexts run at once. *|
|* All models have these same names: a program that uses two opens each with  *|
|* dlopen(path, RTLD_LOCAL) and finds the functions with dlsym.               *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef SPARSE_OPT_RUNTIME_MODEL_H
#define SPARSE_OPT_RUNTIME_MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SOPT_API __attribute__((visibility("default")))

/** Grows when a program built with an older header would misread a library. */
enum { SOPT_ABI_VERSION = 1 };

/** What a call reports. sopt_last_error says it in words. */
typedef enum SoptStatus {
  SOPT_OK = 0,
  /** An input is not what the model takes; nothing was computed. */
  SOPT_INVALID_INPUT = 1,
  /** Memory could not be had: for tensors, or for the context, which is null.
   */
  SOPT_OUT_OF_MEMORY = 2,
  /** The values of an input made a node fail, e.g. an index out of range. */
  SOPT_NODE_FAILED = 3,
  /** The caller's buffer is smaller than the output. */
  SOPT_BUFFER_TOO_SMALL = 4,
  /** The context is in use by another thread; its last error is not this. */
  SOPT_BUSY = 5,
  /** The system lacks what the library was compiled for. */
  SOPT_UNSUPPORTED = 6
} SoptStatus;

/** Element types, numbered as ONNX's TensorProto.DataType. Elements lie one
 * after the other in row-major order; the types below a byte take a byte. */
typedef enum SoptType {
  SOPT_FLOAT = 1,
  SOPT_UINT8 = 2,
  SOPT_INT8 = 3,
  SOPT_UINT16 = 4,
  SOPT_INT16 = 5,
  SOPT_INT32 = 6,
  SOPT_INT64 = 7,
  SOPT_BOOL = 9, /**< One byte, 0 or 1. */
  SOPT_FLOAT16 = 10,
  SOPT_DOUBLE = 11,
  SOPT_UINT32 = 12,
  SOPT_UINT64 = 13,
  SOPT_COMPLEX64 = 14,
  SOPT_COMPLEX128 = 15,
  SOPT_BFLOAT16 = 16,
  SOPT_FLOAT8E4M3FN = 17,
  SOPT_FLOAT8E4M3FNUZ = 18,
  SOPT_FLOAT8E5M2 = 19,
  SOPT_FLOAT8E5M2FNUZ = 20,
  SOPT_UINT4 = 21,
  SOPT_INT4 = 22,
  SOPT_FLOAT4E2M1 = 23,
  SOPT_FLOAT8E8M0 = 24,
  SOPT_UINT2 = 25,
  SOPT_INT2 = 26,
  SOPT_FLOAT6E2M3 = 27,
  SOPT_FLOAT6E3M2 = 28
} SoptType;

/** What the model says of one input or output. */
typedef struct SoptTensorInfo {
  const char *name;            /**< As in the model. */
  int32_t type;                /**< A SoptType. */
  int32_t rank;                /**< Number of dimensions. */
  const int64_t *dims;         /**< Each size, -1 where it is dynamic. */
  const char *const *dimNames; /**< Each dimension's symbol, "" for none.
                                    Equal symbols have equal sizes. */
} SoptTensorInfo;

/** One input of a run. It is read during the call only. */
typedef struct SoptInput {
  const void *data; /**< Aligned for its type; may be null without elements. */
  int32_t type;     /**< A SoptType. */
  int32_t rank;
  const int64_t *shape;
} SoptInput;

/** One output of a run. Zeroed, it asks for memory of the context, which stays
 * valid until the context's next run or its destruction. That suits outputs
 * whose sizes depend on the inputs' data too, as those of NonZero do: the run
 * sets `shape`. A buffer of the caller's that proves too small is left alone,
 * and `bytes` says what is needed. */
typedef struct SoptOutput {
  void *buffer;         /**< Set by the caller: null, or where to copy to. It
                             must not overlap an input. */
  uint64_t capacity;    /**< Set by the caller: size of `buffer` in bytes. */
  const void *data;     /**< Set by the run: the elements. */
  uint64_t bytes;       /**< Set by the run: the size of `data`. */
  int32_t type;         /**< Set by the run: a SoptType. */
  int32_t rank;         /**< Set by the run. */
  const int64_t *shape; /**< Set by the run; valid as long as context memory. */
} SoptOutput;

typedef struct SoptContext SoptContext;

/* -- The model ------------------------------------------------------------ */

/** The SOPT_ABI_VERSION this library was built with. */
SOPT_API int32_t sopt_abi_version(void);

SOPT_API int32_t sopt_num_inputs(void);
SOPT_API int32_t sopt_num_outputs(void);

/** Input or output `index`, null if there is none. */
SOPT_API const SoptTensorInfo *sopt_input_info(int32_t index);
SOPT_API const SoptTensorInfo *sopt_output_info(int32_t index);

/** Nodes of the original model, the unit of profiles and failures. */
SOPT_API int32_t sopt_num_nodes(void);

/** The name of node `index`, null if there is none. */
SOPT_API const char *sopt_node_name(int32_t index);

/** ONNX's name of a SoptType, e.g. "float16"; "undefined" for other numbers. */
SOPT_API const char *sopt_type_name(int32_t type);

/** Bytes of one element in memory; 0 for strings and for other numbers. */
SOPT_API uint64_t sopt_type_size(int32_t type);

/* -- Contexts ------------------------------------------------------------- */

/** A context whose runs use `threads` threads, or for 0 and for more than
 * there are, one on every CPU that the process may use. Null if memory is
 * short. */
SOPT_API SoptContext *sopt_context_create(int32_t threads);

/** Frees the context and all memory its runs gave out. Null is ignored. */
SOPT_API void sopt_context_destroy(SoptContext *context);

/** How many threads a run uses. */
SOPT_API int32_t sopt_context_threads(const SoptContext *context);

/** The reason of the last call's failure, "" if it succeeded. */
SOPT_API const char *sopt_last_error(const SoptContext *context);

/** How often the context has asked the system for memory. A run at a shape
 * that has run before adds nothing. */
SOPT_API uint64_t sopt_context_allocations(const SoptContext *context);

/** Bytes the context holds for tensors. */
SOPT_API uint64_t sopt_context_arena_bytes(const SoptContext *context);

/* -- Runs ----------------------------------------------------------------- */

/** Computes all outputs from all inputs, both in the model's order. */
SOPT_API SoptStatus sopt_run(SoptContext *context, const SoptInput *inputs,
                             int32_t numInputs, SoptOutput *outputs,
                             int32_t numOutputs);

/** Sets type, rank and shape of each output from the inputs' shapes, and
 * `bytes` to the capacity it needs. A size only a run can tell is -1, and
 * `bytes` is then 0. The inputs' data are not looked at. */
SOPT_API SoptStatus sopt_output_shapes(SoptContext *context,
                                       const SoptInput *inputs,
                                       int32_t numInputs, SoptOutput *outputs,
                                       int32_t numOutputs);

/* -- Measuring ------------------------------------------------------------ */

/** Whether further runs take the time of each node; off at first. */
SOPT_API void sopt_profile_enable(SoptContext *context, int32_t enable);

/** Time that profiled runs spent for node `index`, added up since profiling
 * was enabled. 0 if there is no such node. */
SOPT_API uint64_t sopt_profile_nanoseconds(const SoptContext *context,
                                           int32_t index);

/** Floating-point operations of the last run, a multiply-add counting two.
 * Linear layers, convolutions and attention are counted. */
SOPT_API uint64_t sopt_flops(const SoptContext *context);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* SPARSE_OPT_RUNTIME_MODEL_H */
