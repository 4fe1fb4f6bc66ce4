// RUN: sparse-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{'onnx.name' must be a string}}
func.func @name(%x: tensor<4xf32> {onnx.name = 1 : i64}) {
  return
}

// -----

// expected-error@+1 {{'onnx.doc' must be a string}}
func.func @doc(%x: tensor<4xf32> {onnx.doc = 1 : i64}) {
  return
}

// -----

// expected-error@+1 {{'onnx.metadata' must be a dictionary}}
func.func @metadata(%x: tensor<4xf32> {onnx.metadata = "text"}) {
  return
}

// -----

// expected-error@+1 {{'onnx.dims' must be an array of strings}}
func.func @dims(%x: tensor<4xf32> {onnx.dims = [1]}) {
  return
}

// -----

// expected-error@+1 {{'onnx.dims' has 2 names for a tensor of rank 1}}
func.func @dims_rank(%x: tensor<4xf32> {onnx.dims = ["n", "m"]}) {
  return
}

// -----

// expected-error@+1 {{'onnx.dims' has 2 names for a tensor of rank 1}}
func.func private @dims_of_declaration(tensor<4xf32> {onnx.dims = ["n", "m"]})

// -----

// expected-error@+1 {{'onnx.dims' has 1 names for a tensor of rank 2}}
func.func @dims_of_result(%x: tensor<4x2xf32>) -> (tensor<4x2xf32> {onnx.dims = ["n"]}) {
  return %x : tensor<4x2xf32>
}

// -----

// expected-error@+1 {{unknown attribute 'onnx.colour' of the onnx dialect}}
func.func @unknown(%x: tensor<4xf32> {onnx.colour = "red"}) {
  return
}

// -----

// expected-error@+1 {{'onnx.model' must be a dictionary on a module}}
module attributes {onnx.model = 1 : i64} {
}

// -----

func.func @constant_type() {
  // expected-error@+1 {{has a value of type 'tensor<2xf32>' but a result of type 'tensor<3xf32>'}}
  %0 = onnx.Constant() {value = dense<0.0> : tensor<2xf32>} : () -> tensor<3xf32>
  return
}

// -----

func.func @constant_form() {
  // expected-error@+1 {{needs 'value'; import turns the other forms into it}}
  %0 = onnx.Constant() {value_int = 1 : i64} : () -> tensor<i64>
  return
}

// -----

func.func @operand_type(%x: f32) {
  // expected-error@+1 {{operand #0 must be tensor, sequence, optional or map, but got 'f32'}}
  %0 = onnx.Neg(%x) : (f32) -> tensor<f32>
  return
}
