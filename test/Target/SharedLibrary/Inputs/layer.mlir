// A linear layer with its activation, then a sum over each row: y and z.
module {
  func.func @main_graph(
      %x: tensor<?x16xf32> {onnx.name = "x", onnx.dims = ["batch", ""]})
      -> (tensor<?x8xf32> {onnx.name = "y", onnx.dims = ["batch", ""]},
          tensor<?xf32> {onnx.name = "z", onnx.dims = ["batch"]}) {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %w = arith.constant dense<0.5> : tensor<16x8xf32>
    %y = sopt.linear %x, %w activation <relu>
       : (tensor<?x16xf32>, tensor<16x8xf32>) -> tensor<?x8xf32>
       loc("layer/MatMul"("y"))
    %batch = tensor.dim %x, %c0 : tensor<?x16xf32>
    %empty = tensor.empty(%batch) : tensor<?xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>)
         -> tensor<?xf32> loc("layer/Sum"("z"))
    %z = linalg.generic {
        indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
        iterator_types = ["parallel", "reduction"]}
        ins(%y : tensor<?x8xf32>) outs(%init : tensor<?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %in, %out : f32
      linalg.yield %0 : f32
    } -> tensor<?xf32> loc("layer/Sum"("z"))
    return %y, %z : tensor<?x8xf32>, tensor<?xf32>
  }
}
