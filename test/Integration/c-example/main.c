/* Runs any model that sparse-opt compiled, on tensors of ones:
 *
 *   sparse-opt model.onnx --target=cpu -o model.so
 *   cc -std=c99 -I include main.c ./model.so -o main
 *   ./main
 */

#include "sparse-opt/Runtime/Model.h"
#include <stdio.h>
#include <stdlib.h>

/** A tensor of ones as input `index` takes it, 8 long where it leaves it open;
 * with zeros in place of ones unless they are 64 bit integers or floats. */
static SoptInput makeInput(int32_t index) {
  const SoptTensorInfo *info = sopt_input_info(index);
  int64_t *shape = malloc(sizeof(int64_t) * (size_t)(info->rank + 1));
  size_t count = 1;
  for (int32_t i = 0; i < info->rank; ++i) {
    shape[i] = info->dims[i] < 0 ? 8 : info->dims[i];
    count *= (size_t)shape[i];
  }
  void *data = calloc(count + 1, sopt_type_size(info->type));
  for (size_t i = 0; i < count; ++i) {
    if (info->type == SOPT_INT64)
      ((int64_t *)data)[i] = 1;
    if (info->type == SOPT_FLOAT)
      ((float *)data)[i] = 1.0f;
  }
  SoptInput input = {data, info->type, info->rank, shape};
  return input;
}

static void printOutput(const char *name, const SoptOutput *output) {
  printf("%s: %s [", name, sopt_type_name(output->type));
  for (int32_t i = 0; i < output->rank; ++i)
    printf("%s%lld", i ? ", " : "", (long long)output->shape[i]);
  printf("]");
  if (output->type == SOPT_FLOAT && output->bytes)
    printf(" starts with %g", *(const float *)output->data);
  printf("\n");
}

int main(void) {
  int32_t numInputs = sopt_num_inputs(), numOutputs = sopt_num_outputs();
  SoptInput *inputs = calloc((size_t)numInputs + 1, sizeof(SoptInput));
  SoptOutput *outputs = calloc((size_t)numOutputs + 1, sizeof(SoptOutput));
  for (int32_t i = 0; i < numInputs; ++i)
    inputs[i] = makeInput(i);

  SoptContext *context = sopt_context_create(/*threads=*/0);
  SoptStatus status = sopt_run(context, inputs, numInputs, outputs, numOutputs);
  if (status == SOPT_OK)
    for (int32_t i = 0; i < numOutputs; ++i)
      printOutput(sopt_output_info(i)->name, &outputs[i]);
  else
    fprintf(stderr, "error: %s\n", sopt_last_error(context));

  sopt_context_destroy(context);
  for (int32_t i = 0; i < numInputs; ++i) {
    free((void *)inputs[i].data);
    free((void *)inputs[i].shape);
  }
  free(inputs);
  free(outputs);
  return status == SOPT_OK ? 0 : 1;
}
