/* Runs a model of two [batch, seq] inputs (int64 below 10, float) from two
 * threads at once, at changing shapes. Fails unless both get the same outputs
 * and no shape allocates once it has run. */

#include "sparse-opt/Runtime/Model.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NumShapes = 4, Largest = 3 * 500 };
static const int64_t shapes[NumShapes][2] = {
    {1, 8}, {3, 500}, {0, 7}, {2, 100}};

/** What one thread found. */
typedef struct Found {
  float results[NumShapes][Largest];
  const char *failure; /**< Null for none. */
} Found;

static const char *runShape(SoptContext *context, int shape, float *result) {
  static int64_t ids[Largest];
  static float x[Largest];
  SoptInput inputs[] = {{ids, SOPT_INT64, 2, shapes[shape]},
                        {x, SOPT_FLOAT, 2, shapes[shape]}};
  SoptOutput outputs[2] = {{0}, {0}};
  if (sopt_run(context, inputs, 2, outputs, 2) != SOPT_OK)
    return "a run failed";
  memcpy(result, outputs[0].data, outputs[0].bytes);
  return NULL;
}

static void *runShapes(void *argument) {
  Found *found = argument;
  SoptContext *context = sopt_context_create(2);
  uint64_t allocations = 0;
  for (int round = 0; round < 50; ++round) {
    for (int shape = 0; shape < NumShapes && !found->failure; ++shape)
      found->failure = runShape(context, shape, found->results[shape]);
    if (round == 0)
      allocations = sopt_context_allocations(context);
  }
  if (sopt_context_allocations(context) != allocations)
    found->failure = "a shape that had run allocated";
  sopt_context_destroy(context);
  return NULL;
}

int main(void) {
  static Found found[2];
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    if (pthread_create(&threads[i], NULL, runShapes, &found[i]))
      return 2;
  for (int i = 0; i < 2; ++i)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < 2; ++i)
    if (found[i].failure) {
      printf("%s\n", found[i].failure);
      return 1;
    }
  if (memcmp(found[0].results, found[1].results, sizeof(found[0].results))) {
    printf("the contexts differ\n");
    return 1;
  }
  printf("two contexts agree\n");
  return 0;
}
