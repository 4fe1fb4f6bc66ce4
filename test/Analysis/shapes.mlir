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

// -----

// A size that takes part already changes nothing; nor does a buffer's last
// elements, as many as are wanted.
func.func @broadcast_again(%x: tensor<?xf32> {onnx.dims = ["seq"]}, %y: tensor<?xf32>, %buffer: tensor<64xf32>) -> tensor<?xf32> {
  %total = onnx.Constant() {value = dense<64> : tensor<1xi64>} : () -> tensor<1xi64>
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  // expected-remark @below {{[broadcast(?1, seq)]}}
  %0 = onnx.Add(%x, %y) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  // expected-remark @below {{[broadcast(?1, seq)]}}
  %1 = onnx.Add(%0, %x) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  // expected-remark @below {{[1] = (seq)}}
  %s = onnx.Shape(%x) : (tensor<?xf32>) -> tensor<1xi64>
  // expected-remark @below {{[1] = (-1*seq + 64)}}
  %start = onnx.Sub(%total, %s) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  // expected-remark @below {{[last(64, seq)]}}
  %last = onnx.Slice(%buffer, %start, %end, %zero) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 0>}
       : (tensor<64xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  // expected-remark @below {{[broadcast(?1, seq)]}}
  %2 = onnx.Add(%1, %last) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %2 : tensor<?xf32>
}

// -----

// Where tensors are laid beside each other, their other sizes agree.
func.func @known_best(%x: tensor<?x?xf32> {onnx.dims = ["batch", "seq"]}, %y: tensor<?x8xf32>, %pads: tensor<4xi64>) -> tensor<?x?xf32> {
  // expected-remark @below {{[?3, ?4]}}
  %unknown = onnx.Pad(%y, %pads) {operandSegmentSizes = array<i32: 1, 1, 0, 0>} : (tensor<?x8xf32>, tensor<4xi64>) -> tensor<?x?xf32>
  // expected-remark @below {{[batch, ?4 + seq]}}
  %0 = onnx.Concat(%unknown, %x) {axis = 1 : i64} : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

func.func @more_operators(%x: tensor<?x?x2xf32> {onnx.dims = ["batch", "seq", ""]}, %at: tensor<?x?x2xi64> {onnx.dims = ["batch", "n", ""]},
                          %weight: tensor<8x2x1xf32>, %image: tensor<?x4x?xf32> {onnx.dims = ["batch", "", "seq"]}) -> tensor<?x?x4xf32> {
  %pads = onnx.Constant() {value = dense<[0, 1, 0, 0, 2, 0]> : tensor<6xi64>} : () -> tensor<6xi64>
  %times = onnx.Constant() {value = dense<[1, 3, 2]> : tensor<3xi64>} : () -> tensor<3xi64>
  // expected-remark @below {{[batch, n, 2]}}
  %0 = onnx.GatherElements(%x, %at) {axis = 1 : i64} : (tensor<?x?x2xf32>, tensor<?x?x2xi64>) -> tensor<?x?x2xf32>
  // expected-remark @below {{[batch*seq, 2]}}
  %1 = onnx.Flatten(%x) {axis = 2 : i64} : (tensor<?x?x2xf32>) -> tensor<?x2xf32>
  // expected-remark @below {{[batch, seq + 3, 2]}}
  %2 = onnx.Pad(%x, %pads) {operandSegmentSizes = array<i32: 1, 1, 0, 0>} : (tensor<?x?x2xf32>, tensor<6xi64>) -> tensor<?x?x2xf32>
  // expected-remark @below {{[batch, 3*seq, 4]}}
  %3 = onnx.Tile(%x, %times) : (tensor<?x?x2xf32>, tensor<3xi64>) -> tensor<?x?x4xf32>
  // expected-remark @below {{[batch, 8, seq]}}
  %4 = onnx.Conv(%image, %weight) {group = 2 : i64} : (tensor<?x4x?xf32>, tensor<8x2x1xf32>) -> tensor<?x8x?xf32>
  return %3 : tensor<?x?x4xf32>
}

// -----

// Operations of a module may use themselves and each other in a circle.
// expected-remark @below {{[?0, 8]}}
%x = onnx.Exp(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
// expected-remark @below {{[?2, 4]}}
%y = onnx.Tanh(%z) : (tensor<?x4xf32>) -> tensor<?x4xf32>
// expected-remark @below {{[?2, 4]}}
%z = onnx.Erf(%y) : (tensor<?x4xf32>) -> tensor<?x4xf32>
