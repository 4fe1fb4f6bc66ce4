// The first feature is a thousand times the
// others, and its weights are zero: rounded to 8 bits, the others are lost.
module {
  func.func @main_graph(
      %x: tensor<?x4xf32> {onnx.name = "x", onnx.dims = ["batch", ""]})
      -> (tensor<?x2xf32> {onnx.name = "y", onnx.dims = ["batch", ""]}) {
    %w = arith.constant dense<[[0.0, 0.0], [0.5, -1.0], [1.0, 0.25], [-0.5, 0.75]]> : tensor<4x2xf32>
    %y = sopt.linear %x, %w : (tensor<?x4xf32>, tensor<4x2xf32>) -> tensor<?x2xf32> loc("layer"("y"))
    return %y : tensor<?x2xf32>
  }
}
