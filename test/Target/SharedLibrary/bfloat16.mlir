// Processors without instructions for bfloat16 have it all the same.
// RUN: sparse-opt --quiet %s --target=cpu --mcpu=x86-64 -o %t.so
// RUN: sparse-run %t.so --random x=4 | FileCheck %s
// CHECK: y  bfloat16 [4]
// CHECK: z  bfloat16 [4]
module attributes {onnx.model = {ir_version = 9 : i64, opset_import = {ai.onnx = 20 : i64}}} {
  func.func @main_graph(%x: tensor<?xf32> {onnx.dims = ["n"], onnx.name = "x"}) -> (tensor<?xbf16> {onnx.dims = ["n"], onnx.name = "y"}, tensor<?xbf16> {onnx.dims = ["n"], onnx.name = "z"}) {
    %d = onnx.Cast(%x) {to = 11 : i64} : (tensor<?xf32>) -> tensor<?xf64>
    %y = onnx.Cast(%x) {to = 16 : i64} : (tensor<?xf32>) -> tensor<?xbf16>
    %z = onnx.Cast(%d) {to = 16 : i64} : (tensor<?xf64>) -> tensor<?xbf16>
    return %y, %z : tensor<?xbf16>, tensor<?xbf16>
  }
}
