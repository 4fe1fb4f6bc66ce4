/* What sparse-opt would emit for the model that lookup.py writes:
 *   y = table[ids] + x,  is_pad = (ids == 0)
 * so that sparse-run can be tested without the compiler. */

#include "sparse-opt/Runtime/ModelInfo.h"

struct MemRef {
  void *allocated, *aligned;
  int64_t offset, sizes[2], strides[2];
};

static const int64_t dims[] = {-1, -1};
static const char *const dimNames[] = {"batch", "seq"};
static const SoptTensorInfo inputs[] = {
    {"ids", SOPT_INT64, 2, dims, dimNames},
    {"x", SOPT_FLOAT, 2, dims, dimNames},
};
static const SoptTensorInfo outputs[] = {
    {"y", SOPT_FLOAT, 2, dims, dimNames},
    {"is_pad", SOPT_BOOL, 2, dims, dimNames},
};
static const char *const nodes[] = {"/Gather", "/Add", "/Equal"};

static struct MemRef makeLike(const struct MemRef *other, uint64_t size) {
  struct MemRef result = *other;
  int64_t count = other->sizes[0] * other->sizes[1];
  result.allocated = _mlir_memref_to_llvm_alloc((uint64_t)count * size);
  result.aligned = result.allocated;
  return result;
}

static void run(void *results, void *const *arguments) {
  const struct MemRef *ids = arguments[0], *x = arguments[1];
  struct MemRef *y = results, *isPad = y + 1;
  *y = makeLike(ids, sizeof(float));
  *isPad = makeLike(ids, 1);
  int64_t count = ids->sizes[0] * ids->sizes[1];
  for (int64_t i = 0; i < count; ++i) {
    int64_t id = ((int64_t *)ids->aligned)[i];
    sopt_rt_node(0);
    if (id < 0 || id >= 10) {
      sopt_rt_bad_index(id, 10);
      id = 0;
    }
    sopt_rt_node(1);
    ((float *)y->aligned)[i] = 0.5f * (float)id + ((float *)x->aligned)[i];
    sopt_rt_node(2);
    ((uint8_t *)isPad->aligned)[i] = id == 0;
  }
  sopt_rt_flops(count);
}

static void shapes(const int64_t *inputDims, int64_t *outputDims) {
  for (int i = 0; i < 4; ++i)
    outputDims[i] = inputDims[i % 2];
}

const SoptModelInfo sopt_model_info = {
    SOPT_ABI_VERSION, 2, 2, 3, inputs, outputs, nodes, run, shapes,
};
