// RUN: sparse-opt %s -o %t.onnx && %python %S/Inputs/print-onnx.py %t.onnx | FileCheck %s
// REQUIRES: python

// Optional inputs that are absent keep their place; subgraphs see the values
// around them; nodes of unknown domains stay as they are, with their types.

// CHECK: "com.example" : 3
// CHECK: g (float[4] x, bool c) => (float[4] z, float[4] w)
// CHECK: float[4] Clip, float[unk__0] Custom
// CHECK-DAG: Clip = Clip (x, {{.*}}, constant)
// CHECK-DAG: Custom = com.example.Warp <alpha: float = 0.5, mode: string = "fast"> (Clip, {{.*}}, x)
// CHECK-DAG: z = If (c)
// CHECK-DAG: Neg = Neg (x)
// CHECK-DAG: Identity (Clip)
// CHECK-DAG: w = Add (Custom, x)
module attributes {onnx.model = {graph_name = "g", opset_import = {ai.onnx = 17 : i64, com.example = 3 : i64}, declares_tensors}} {
  func.func @main_graph(%x: tensor<4xf32> {onnx.name = "x"}, %c: tensor<i1> {onnx.name = "c"})
      -> (tensor<4xf32> {onnx.name = "z"}, tensor<4xf32> {onnx.name = "w"}) {
    %max = onnx.Constant() {value = dense<6.0> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Clip(%x, %max) {operandSegmentSizes = array<i32: 1, 0, 1>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %none = onnx.None
    %1 = onnx.Custom(%0, %none, %x) attributes {domain = "com.example", op_type = "Warp",
        attrs = {alpha = 0.5 : f32, mode = "fast"}} : (tensor<4xf32>, none, tensor<4xf32>) -> tensor<?xf32>
    %2 = onnx.If(%c) {
      %3 = onnx.Neg(%x) : (tensor<4xf32>) -> tensor<4xf32>
      onnx.Yield %3 : tensor<4xf32>
    }, {
      onnx.Yield %0 : tensor<4xf32>
    } : (tensor<i1>) -> tensor<4xf32>
    %4 = onnx.Add(%1, %x) : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %2, %4 : tensor<4xf32>, tensor<4xf32>
  }
}
