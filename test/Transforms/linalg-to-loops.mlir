// RUN: sparse-opt %s -split-input-file -sopt-linalg-to-loops | FileCheck %s

// The parallel dimensions around the innermost loop are one scf.parallel.

// CHECK-LABEL: @fill
// CHECK:         scf.parallel (%[[I:.*]], %[[J:.*]]) =
// CHECK:           scf.for %[[K:.*]] =
// CHECK:             memref.store %{{.*}}, %{{.*}}[%[[I]], %[[J]], %[[K]]]
func.func @fill(%m: memref<?x?x384xf32>, %c: f32) {
  linalg.fill ins(%c : f32) outs(%m : memref<?x?x384xf32>)
  return
}

// -----

// Work that a fork would cost more than: the mask of a sentence.

// CHECK-LABEL: @small
// CHECK-NOT:     scf.parallel
func.func @small(%m: memref<8x128xf32>, %c: f32) {
  linalg.fill ins(%c : f32) outs(%m : memref<8x128xf32>)
  return
}

// -----

// A sum is carried in a register, in any order.

// CHECK-LABEL: @sum
// CHECK:         scf.parallel (%[[I:.*]]) =
// CHECK:           %[[START:.*]] = memref.load %[[Y:.*]][%[[I]]]
// CHECK:           %[[SUM:.*]] = scf.for {{.*}} iter_args(%[[ACC:.*]] = %[[START]])
// CHECK-NOT:         memref.store
// CHECK:             arith.addf %{{.*}}, %[[ACC]] fastmath<reassoc,contract>
// CHECK:           memref.store %[[SUM]], %[[Y]][%[[I]]]
func.func @sum(%x: memref<?x1024xf32>, %y: memref<?xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x1024xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// The columns of B and C lie side by side: they are walked innermost.

// CHECK-LABEL: @matmul
// CHECK-SAME:    %[[A:.*]]: memref<?x?xf32>, %[[B:.*]]: memref<?x?xf32>, %[[C:.*]]: memref
// CHECK:         scf.parallel (%[[I:.*]]) =
// CHECK:           scf.for %[[K:.*]] =
// CHECK:             scf.for %[[J:.*]] =
// CHECK-DAG:           memref.load %[[A]][%[[I]], %[[K]]]
// CHECK-DAG:           memref.load %[[B]][%[[K]], %[[J]]]
func.func @matmul(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>)
                outs(%c : memref<?x?xf32>)
  return
}

// -----

// Reports of errors come from the thread that runs the model.

func.func private @sopt_rt_bad_index(i64, i64)

// CHECK-LABEL: @may_fail
// CHECK-NOT:     scf.parallel
// CHECK:         call @sopt_rt_bad_index
func.func @may_fail(%x: memref<512x512xi64>) {
  linalg.generic {
      indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]} outs(%x : memref<512x512xi64>) {
  ^bb0(%out: i64):
    func.call @sopt_rt_bad_index(%out, %out) : (i64, i64) -> ()
    linalg.yield %out : i64
  }
  return
}

// -----

// A copy between strides is a loop nest, a plain one is left to memcpy.

// CHECK-LABEL: @copies
// CHECK:         memref.copy
// CHECK-NOT:     memref.copy
// CHECK:         scf.for
func.func @copies(%x: memref<4x4xf32>, %y: memref<4x4xf32>,
                  %z: memref<4x4xf32, strided<[8, 1]>>) {
  memref.copy %x, %y : memref<4x4xf32> to memref<4x4xf32>
  memref.copy %x, %z : memref<4x4xf32> to memref<4x4xf32, strided<[8, 1]>>
  return
}

// -----

// Tensors are left alone.

// CHECK-LABEL: @on_tensors
// CHECK:         linalg.fill
func.func @on_tensors(%t: tensor<?xf32>, %c: f32) -> tensor<?xf32> {
  %0 = linalg.fill ins(%c : f32) outs(%t : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// The index of a row is loaded once for the row, which then is a plain copy.

// CHECK-LABEL: @gather
// CHECK: scf.parallel (%[[I:.*]]) =
// CHECK:   %[[INDEX:.*]] = memref.load %{{.*}}[%[[I]]] : memref<?xi64>
// CHECK:   %[[ROW:.*]] = arith.index_cast %[[INDEX]]
// CHECK:   scf.for %[[J:.*]] =
// CHECK:          %[[E:.*]] = memref.load %{{.*}}[%[[ROW]], %[[J]]]
// CHECK-NEXT:   memref.store %[[E]], %{{.*}}[%[[I]], %[[J]]]
#row = affine_map<(d0, d1) -> (d0)>
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @gather(%table: memref<100x1024xf32>, %rows: memref<?xi64>, %y: memref<?x1024xf32>) {
  linalg.generic {indexing_maps = [#row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%rows : memref<?xi64>) outs(%y : memref<?x1024xf32>) {
  ^bb0(%i: i64, %o: f32):
    %row = arith.index_cast %i : i64 to index
    %column = linalg.index 1 : index
    %e = memref.load %table[%row, %column] : memref<100x1024xf32>
    linalg.yield %e : f32
  }
  return
}

// -----

// A row that may be empty is no reason to load anything.

// CHECK-LABEL: @empty
// CHECK: scf.parallel
// CHECK-NEXT: scf.for
// CHECK-NEXT:   memref.load
#row = affine_map<(d0, d1) -> (d0)>
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @empty(%x: memref<1024xf32>, %y: memref<1024x?xf32>) {
  linalg.generic {indexing_maps = [#row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<1024xf32>) outs(%y : memref<1024x?xf32>) {
  ^bb0(%i: f32, %o: f32):
    linalg.yield %i : f32
  }
  return
}
