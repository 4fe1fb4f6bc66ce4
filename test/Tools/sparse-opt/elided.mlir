// A file whose constants were elided is for reading: compiling it would make
// numbers up.
// RUN: not sparse-opt %s --raise -o %t.mlirbc 2>&1 | FileCheck %s
// RUN: not ls %t.mlirbc

// CHECK: elided.mlir:{{[0-9]+:[0-9]+}}: error: its value was left out when the file was written; write it without --elide
func.func @main_graph() -> tensor<1000xf32> {
  %0 = onnx.Constant() {value = dense_resource<__elided__> : tensor<1000xf32>} : () -> tensor<1000xf32>
  return %0 : tensor<1000xf32>
}
