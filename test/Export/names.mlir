// RUN: sparse-opt %s -o %t.onnx && %python %S/Inputs/print-onnx.py %t.onnx | FileCheck %s
// REQUIRES: python

// Names are those that import recorded, made unique where two claim the same;
// a value that is returned twice, or an input, reaches its output by Identity.

// CHECK: producer_name: "me"
// CHECK: my_graph (float[batch,4] ids) => (float[batch,4] out, float[batch,4] again, float[batch,4] same)
// CHECK-DAG: [Pre] pre = Add (ids, weight)
// CHECK-DAG: [Pre_1] out = Mul (pre, pre)
// CHECK-DAG: again = Identity (out)
// CHECK-DAG: same = Identity (ids)
// CHECK: initializer weight float32 (4,) [0.5, 1.0, 2.0, 4.0]
module attributes {onnx.model = {ir_version = 8 : i64, opset_import = {ai.onnx = 17 : i64},
    producer_name = "me", graph_name = "my_graph", graph_doc = "graph doc"}} {
  func.func @main_graph(%x: tensor<?x4xf32> {onnx.name = "ids", onnx.dims = ["batch", ""]})
      -> (tensor<?x4xf32> {onnx.name = "out", onnx.dims = ["batch", ""]},
          tensor<?x4xf32> {onnx.name = "again", onnx.dims = ["batch", ""]},
          tensor<?x4xf32> {onnx.name = "same", onnx.dims = ["batch", ""]}) {
    %w = onnx.Constant() {value = dense<[0.5, 1.0, 2.0, 4.0]> : tensor<4xf32>} : () -> tensor<4xf32> loc("weight")
    %0 = onnx.Add(%x, %w) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32> loc("Pre"("pre"))
    %1 = onnx.Mul(%0, %0) : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32> loc("Pre"("pre"))
    return %1, %1, %x : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
  }
}
