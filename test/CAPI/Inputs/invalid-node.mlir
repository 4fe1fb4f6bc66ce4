func.func @main_graph(%x: tensor<4xf32> {onnx.name = "x"}) -> (tensor<?xf32> {onnx.name = "y"}) {
  %y, %1, %2, %3 = onnx.Unique(%x) {axis = 0 : i64, sorted = 1 : i64} : (tensor<4xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>) loc("/layer/Unique")
  return %y : tensor<?xf32>
}
