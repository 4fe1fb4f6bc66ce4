// The first two features, or the last two, are a thousand times the others and
// cancel each other: rounded to 8 bits, the others are lost, and each of them is
// large at times.
module {
  func.func @main_graph(
      %x: tensor<?x4xf32> {onnx.name = "x", onnx.dims = ["batch", ""]})
      -> (tensor<?x2xf32> {onnx.name = "y", onnx.dims = ["batch", ""]}) {
    %w = arith.constant dense<[[1.0, -1.0], [-1.0, 1.0], [1.0, 0.25], [-1.0, -0.25]]> : tensor<4x2xf32>
    %y = sopt.linear %x, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32> loc("layer"("y"))
    return %y : tensor<?x2xf32>
  }
}
