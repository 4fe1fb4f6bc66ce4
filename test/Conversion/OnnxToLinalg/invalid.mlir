// RUN: sparse-opt %s --convert-onnx-to-linalg --split-input-file -verify-diagnostics

// One run names every operation that has no lowering.
func.func @unsupported(%b: tensor<1x6x4xf32>, %s: tensor<1x1x6xf32>, %x: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.NonMaxSuppression' op is not supported by this target}}
  %0 = onnx.NonMaxSuppression(%b, %s) {operandSegmentSizes = array<i32: 1, 1, 0, 0, 0>}
     : (tensor<1x6x4xf32>, tensor<1x1x6xf32>) -> tensor<?x3xi64>
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

func.func @run_time_axes(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<?xf32> {
  // expected-error @+1 {{its axes are not constant}}
  %0 = onnx.ReduceSum(%x, %axes) {keepdims = 0 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
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
