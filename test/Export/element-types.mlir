// RUN: sparse-opt %s -o %t.onnx && %python %S/Inputs/print-onnx.py %t.onnx | FileCheck %s
// RUN: sparse-opt %t.onnx -o %t.again.onnx && %python %S/Inputs/print-onnx.py %t.again.onnx | FileCheck %s
// REQUIRES: python

// Booleans take a byte, int4 half of one, splats are written out.
// CHECK-DAG: initializer flags bool (3,) [True, False, True]
// CHECK-DAG: initializer nibbles int4 (3,) [1, -8, 7]
// CHECK-DAG: initializer halves float16 (2,) [0.5, 0.5]
// CHECK-DAG: initializer bytes uint8 (2,) [255, 1]
// CHECK-DAG: initializer words {{.*}} (2,) ['a', 'bc']
// CHECK-DAG: initializer empty float32 (0, 3) []
func.func @main_graph() -> (tensor<3xi1> {onnx.name = "flags"}, tensor<3xi4> {onnx.name = "nibbles"},
    tensor<2xf16> {onnx.name = "halves"}, tensor<2xui8> {onnx.name = "bytes"},
    tensor<2x!onnx.string> {onnx.name = "words"}, tensor<0x3xf32> {onnx.name = "empty"}) {
  %0 = onnx.Constant() {value = dense<[true, false, true]> : tensor<3xi1>} : () -> tensor<3xi1> loc("flags")
  %1 = onnx.Constant() {value = dense<[1, -8, 7]> : tensor<3xi4>} : () -> tensor<3xi4> loc("nibbles")
  %2 = onnx.Constant() {value = dense<0.5> : tensor<2xf16>} : () -> tensor<2xf16> loc("halves")
  %3 = onnx.Constant() {value = dense<[255, 1]> : tensor<2xui8>} : () -> tensor<2xui8> loc("bytes")
  %4 = onnx.Constant() {value = dense<["a", "bc"]> : tensor<2x!onnx.string>} : () -> tensor<2x!onnx.string> loc("words")
  %5 = onnx.Constant() {value = dense<> : tensor<0x3xf32>} : () -> tensor<0x3xf32> loc("empty")
  return %0, %1, %2, %3, %4, %5 : tensor<3xi1>, tensor<3xi4>, tensor<2xf16>, tensor<2xui8>, tensor<2x!onnx.string>, tensor<0x3xf32>
}
