// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file -verify-diagnostics

// One run names every operation that has no lowering.
func.func @unsupported(%p: tensor<1x6xf32>, %x: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Multinomial' op is not supported by this target}}
  %0 = onnx.Multinomial(%p) : (tensor<1x6xf32>) -> tensor<1x1xi32>
  // expected-error @+1 {{'onnx.Bernoulli' op is not supported by this target}}
  %1 = onnx.Bernoulli(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @strings(%x: tensor<2x!onnx.string>) -> tensor<2xi1> {
  // expected-error @+1 {{'onnx.Equal' op is not supported by this target: elements of type !onnx.string}}
  %0 = onnx.Equal(%x, %x) : (tensor<2x!onnx.string>, tensor<2x!onnx.string>) -> tensor<2xi1>
  return %0 : tensor<2xi1>
}

// -----

func.func @shapes(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{the shapes of its operands do not broadcast}}
  %0 = onnx.Add(%x, %y) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @antialias(%x: tensor<1x1x4x4xf32>, %s: tensor<4xf32>) -> tensor<1x1x2x2xf32> {
  // expected-error @+1 {{it smooths what it shrinks (antialias)}}
  %0 = onnx.Resize(%x, %s) {antialias = 1 : i64, mode = "linear", operandSegmentSizes = array<i32: 1, 0, 1, 0>}
     : (tensor<1x1x4x4xf32>, tensor<4xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}

// -----

func.func @activation(%x: tensor<3x1x2xf32>, %w: tensor<1x4x2xf32>, %r: tensor<1x4x4xf32>) -> tensor<1x1x4xf32> {
  // expected-error @+1 {{activation 'Cube' is not known}}
  %0 = onnx.RNN(%x, %w, %r) {activations = ["Cube"], operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>,
                             resultSegmentSizes = array<i32: 0, 1>}
     : (tensor<3x1x2xf32>, tensor<1x4x2xf32>, tensor<1x4x4xf32>) -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// -----

func.func @rank_changes(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>) -> tensor<*xf32> {
  // expected-error @+1 {{onnx.Loop' op is not supported by this target}}
  %0 = onnx.Loop(%n, %c, %x) attributes {operandSegmentSizes = array<i32: 1, 1, 1>} {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<2xf32>):
    %1 = onnx.Identity(%v) : (tensor<2xf32>) -> tensor<*xf32>
    onnx.Yield %go, %1 : tensor<i1>, tensor<*xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----

func.func @wrong_declaration(%x: tensor<2xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{its result has size 3 where its operands give 2}}
  %0 = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

func.func @no_rank(%x: tensor<*xf32>) -> tensor<*xf32> {
  // expected-error @+1 {{the rank of a tensor is not known}}
  %0 = onnx.Neg(%x) : (tensor<*xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
