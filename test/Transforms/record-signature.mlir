// RUN: sparse-opt %s -split-input-file -sopt-record-signature -verify-diagnostics | FileCheck %s

// Names, signs and names of dimensions outlive the lowering as an attribute.

// CHECK:      module attributes {sopt.signature = #sopt.signature<
// CHECK-SAME:   [<"x", tensor<?xui8>, ["n"]>, <"input1", tensor<4xf32>, [""]>],
// CHECK-SAME:   [<"y", tensor<?xui8>, [""]>]>}
// CHECK:      @main_graph(%{{.*}}: tensor<?xui8> {bufferization.writable = false}, %{{.*}} {bufferization.writable = false})
func.func @main_graph(%x: tensor<?xui8> {onnx.name = "x", onnx.dims = ["n"]},
                      %z: tensor<4xf32>)
    -> (tensor<?xui8> {onnx.name = "y"}) {
  return %x : tensor<?xui8>
}

// -----

// expected-error @+1 {{has no function @main_graph}}
module {}

// -----

// expected-error @+1 {{"x" is 'tensor<*xf32>'; only tensors of known rank}}
func.func @main_graph(%x: tensor<*xf32> {onnx.name = "x"}) {
  return
}
