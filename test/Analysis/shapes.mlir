// RUN: sparse-opt %s --onnx-print-shapes -split-input-file -verify-diagnostics

// What TorchScript writes for x.view(b, s, 4, 16) with b, s = x.shape[:2].
func.func @shape_chain(%x: tensor<?x?x64xf32> {onnx.dims = ["batch", "seq", ""]}) -> tensor<?x?x4x16xf32> {
  %i0 = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %i1 = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %heads = onnx.Constant() {value = dense<[4, 16]> : tensor<2xi64>} : () -> tensor<2xi64>
  // expected-remark @below {{[3] = (batch, seq, 64)}}
  %shape = onnx.Shape(%x) : (tensor<?x?x64xf32>) -> tensor<3xi64>
  // expected-remark @below {{[] = (batch)}}
  %b = onnx.Gather(%shape, %i0) : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
  // expected-remark @below {{[] = (seq)}}
  %s = onnx.Gather(%shape, %i1) : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
  // expected-remark @below {{[1] = (batch)}}
  %b1 = onnx.Unsqueeze(%b, %axes) : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64>
  // expected-remark @below {{[1] = (seq)}}
  %s1 = onnx.Unsqueeze(%s, %axes) : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64>
  // expected-remark @below {{[4] = (batch, seq, 4, 16)}}
  %to = onnx.Concat(%b1, %s1, %heads) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>, tensor<2xi64>) -> tensor<4xi64>
  // expected-remark @below {{[batch, seq, 4, 16]}}
  %y = onnx.Reshape(%x, %to) : (tensor<?x?x64xf32>, tensor<4xi64>) -> tensor<?x?x4x16xf32>
  return %y : tensor<?x?x4x16xf32>
}

// -----

// The dimension that a -1 stands for is a quotient of products.
func.func @inferred_dimension(%x: tensor<?x?x64xf32> {onnx.dims = ["batch", "seq", ""]}) -> tensor<?x?xf32> {
  %rows = onnx.Constant() {value = dense<[-1, 16]> : tensor<2xi64>} : () -> tensor<2xi64>
  // expected-remark @below {{[4*batch*seq, 16]}}
  %0 = onnx.Reshape(%x, %rows) : (tensor<?x?x64xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// A constant buffer cut to the sequence has min(512, seq) rows; once it is
// added to something with seq rows, it had them.
func.func @cut_buffer(%ids: tensor<?x?xi64> {onnx.dims = ["batch", "seq"]},
                      %x: tensor<?x?xf32> {onnx.dims = ["batch", "seq"]},
                      %buffer: tensor<1x512xf32>) -> tensor<?x?xf32> {
  // expected-remark @below {{[1] = (seq)}}
  %s = onnx.Shape(%ids) {start = 1 : i64} : (tensor<?x?xi64>) -> tensor<1xi64>
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  // expected-remark @below {{[1, min(512, seq)]}}
  %cut = onnx.Slice(%buffer, %zero, %s, %one) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>}
       : (tensor<1x512xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x?xf32>
  // expected-remark @below {{[batch, seq]}}
  %sum = onnx.Add(%x, %cut) : (tensor<?x?xf32>, tensor<1x?xf32>) -> tensor<?x?xf32>
  return %sum : tensor<?x?xf32>
}

// -----

// Nothing is claimed of sizes that may differ.
func.func @unrelated(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  // expected-remark @below {{[broadcast(?0, ?1)]}}
  %sum = onnx.Add(%x, %y) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %sum : tensor<?xf32>
}

// -----

// The last seq of seq elements are all; the first seq of seq + 1 are seq.
func.func @slices(%x: tensor<?x?xf32> {onnx.dims = ["seq", "batch"]}) -> tensor<?x?xf32> {
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  // expected-remark @below {{[1] = (seq)}}
  %s = onnx.Shape(%x) {end = 1 : i64} : (tensor<?x?xf32>) -> tensor<1xi64>
  // expected-remark @below {{[1] = (-1*seq)}}
  %last = onnx.Neg(%s) : (tensor<1xi64>) -> tensor<1xi64>
  // expected-remark @below {{[seq, batch]}}
  %0 = onnx.Slice(%x, %last, %end, %zero) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>}
       : (tensor<?x?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x?xf32>
  // expected-remark @below {{[1] = (seq + 1)}}
  %more = onnx.Add(%s, %one) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  // expected-remark @below {{[seq + 1]}}
  %row = onnx.ConstantOfShape(%more) : (tensor<1xi64>) -> tensor<?xf32>
  // expected-remark @below {{[seq]}}
  %cut = onnx.Slice(%row, %zero, %s, %zero) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>}
       : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

func.func @einsum(%x: tensor<?xf32> {onnx.dims = ["seq"]}, %y: tensor<4xf32>) -> tensor<?x4xf32> {
  // expected-remark @below {{[seq, 4]}}
  %0 = onnx.Einsum(%x, %y) {equation = "i , j -> i j"} : (tensor<?xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
