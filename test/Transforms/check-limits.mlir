// RUN: sparse-opt %s -sopt-check-limits="max-nodes=2 max-operands=2 max-values=2 max-rank=3" -split-input-file -verify-diagnostics

func.func @main_graph(%x: tensor<2x3x?xf32>) -> tensor<2x3x?xf32> {
  %c = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Add(%x, %c) : (tensor<2x3x?xf32>, tensor<f32>) -> tensor<2x3x?xf32>
  %1 = onnx.Relu(%0) : (tensor<2x3x?xf32>) -> tensor<2x3x?xf32>
  return %1 : tensor<2x3x?xf32>
}

// -----

// Nodes count wherever they are.

// expected-error@below {{the model has 3 nodes, more than the 2 that are compiled}}
module {
  func.func @main_graph(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = onnx.If(%c) {
      %1 = onnx.Relu(%x) : (tensor<2xf32>) -> tensor<2xf32>
      onnx.Yield %1 : tensor<2xf32>
    }, {
      %1 = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
      onnx.Yield %1 : tensor<2xf32>
    } : (tensor<i1>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}

// -----

func.func @main_graph(%x: tensor<2xf32>) -> tensor<6xf32> {
  // expected-error@below {{it has 3 operands, more than the 2 that are compiled}}
  %0 = onnx.Concat(%x, %x, %x) {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----

// expected-error@below {{the model has 3 inputs, more than the 2 that are compiled}}
module {
  func.func @main_graph(%x: tensor<2xf32>, %y: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
    return %x : tensor<2xf32>
  }
}

// -----

// expected-error@below {{the model has 3 outputs, more than the 2 that are compiled}}
module {
  func.func @main_graph(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
    return %x, %x, %x : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
}

// -----

func.func @main_graph(%x: tensor<2xf32>, %axes: tensor<3xi64>) -> tensor<1x1x1x2xf32> {
  // expected-error@below {{a result has 4 dimensions, more than the 3 that are compiled}}
  %0 = onnx.Unsqueeze(%x, %axes) : (tensor<2xf32>, tensor<3xi64>) -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}

// -----

// expected-error@below {{input 'x' is larger than any memory}}
module {
  func.func @main_graph(%x: tensor<1099511627776x1073741824xf32> {onnx.name = "x"})
      -> tensor<1099511627776x1073741824xf32> {
    return %x : tensor<1099511627776x1073741824xf32>
  }
}

// -----

// What has no elements is of any size.

func.func @main_graph(%x: tensor<1099511627776x1073741824x0xf32>) -> tensor<1099511627776x1073741824x0xf32> {
  return %x : tensor<1099511627776x1073741824x0xf32>
}
