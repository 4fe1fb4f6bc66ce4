// RUN: sparse-opt %s -sopt-copy-views -split-input-file | FileCheck %s

// The first rows of each batch do not lie together.

// CHECK-LABEL: @first_rows
// CHECK-SAME:  %[[VIEW:.*]]: memref<?x?x32xf32, strided<[?, 32, 1]>>
// CHECK:       %[[COPY:.*]] = memref.alloc
// CHECK:       memref.copy %[[VIEW]], %[[COPY]]
// CHECK:       return %[[COPY]]
func.func @first_rows(%x: memref<?x?x32xf32, strided<[?, 32, 1]>>) -> memref<?x?x32xf32> {
  %0 = memref.cast %x : memref<?x?x32xf32, strided<[?, 32, 1]>> to memref<?x?x32xf32>
  return %0 : memref<?x?x32xf32>
}

// -----

// A cast that forgets a size alone is free.

// CHECK-LABEL: @size
// CHECK:       memref.cast
// CHECK-NOT:   memref.copy
func.func @size(%x: memref<4x32xf32>) -> memref<?x32xf32> {
  %0 = memref.cast %x : memref<4x32xf32> to memref<?x32xf32>
  return %0 : memref<?x32xf32>
}
