// The kernels compute what linalg does, for every number of rows, with sizes
// that are no multiple of a tile, on every instruction set.

// DEFINE: %{isa} =
// DEFINE: %{run} = sparse-opt %s -convert-sopt-to-vector=isa=%{isa} %to-llvm \
// DEFINE:   | mlir-runner -e main -entry-point-result=void \
// DEFINE:       -shared-libs=%mlir-libs/libmlir_c_runner_utils.so \
// DEFINE:   | FileCheck %s
// REDEFINE: %{isa} = avx512
// RUN: %{run}
// REDEFINE: %{isa} = avx2
// RUN: %{run}
// REDEFINE: %{isa} = neon
// RUN: %{run}
// REDEFINE: %{isa} = generic
// RUN: %{run}

func.func @sopt_rt_flops(%count: i64) {
  return
}

// Small numbers that differ between neighbours: ((7i + 3j) mod 11 - 5) / 8.
func.func private @element(%i: index, %j: index) -> f32 {
  %c3 = arith.constant 3 : index
  %c7 = arith.constant 7 : index
  %c11 = arith.constant 11 : index
  %five = arith.constant 5.0 : f32
  %eighth = arith.constant 0.125 : f32
  %0 = arith.muli %i, %c7 : index
  %1 = arith.muli %j, %c3 : index
  %2 = arith.addi %0, %1 : index
  %3 = arith.remui %2, %c11 : index
  %4 = arith.index_cast %3 : index to i32
  %5 = arith.sitofp %4 : i32 to f32
  %6 = arith.subf %5, %five : f32
  %7 = arith.mulf %6, %eighth : f32
  return %7 : f32
}

func.func private @fill(%rows: index, %columns: index) -> tensor<?x?xf32> {
  %0 = tensor.generate %rows, %columns {
  ^bb0(%i: index, %j: index):
    %e = func.call @element(%i, %j) : (index, index) -> f32
    tensor.yield %e : f32
  } : tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// Prints 1 if all elements agree to 1e-5.
func.func private @compare(%a: tensor<?x45xf32>, %b: tensor<?x45xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %max = linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                     affine_map<(i, j) -> ()>],
    iterator_types = ["reduction", "reduction"]
  } ins(%a, %b : tensor<?x45xf32>, tensor<?x45xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%x: f32, %y: f32, %m: f32):
    %0 = arith.subf %x, %y : f32
    %1 = math.absf %0 : f32
    %2 = arith.maximumf %m, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<f32>
  %0 = tensor.extract %max[] : tensor<f32>
  %bound = arith.constant 1.0e-5 : f32
  %1 = arith.cmpf olt, %0, %bound : f32
  vector.print %1 : i1
  return
}

func.func private @rows(%rows: index, %w: tensor<37x45xf32>) {
  %c37 = arith.constant 37 : index
  %c45 = arith.constant 45 : index
  %c1 = arith.constant 1 : index
  %x0 = call @fill(%rows, %c37) : (index, index) -> tensor<?x?xf32>
  %x = tensor.cast %x0 : tensor<?x?xf32> to tensor<?x37xf32>
  %b0 = call @fill(%c1, %c45) : (index, index) -> tensor<?x?xf32>
  %b1 = tensor.cast %b0 : tensor<?x?xf32> to tensor<1x45xf32>
  %b = tensor.collapse_shape %b1 [[0, 1]] : tensor<1x45xf32> into tensor<45xf32>

  %0 = tensor.empty(%rows) : tensor<?x45xf32>
  %1 = linalg.broadcast ins(%b : tensor<45xf32>) outs(%0 : tensor<?x45xf32>) dimensions = [0]
  %expected = linalg.matmul ins(%x, %w : tensor<?x37xf32>, tensor<37x45xf32>)
                            outs(%1 : tensor<?x45xf32>) -> tensor<?x45xf32>
  %y = sopt.linear %x, %w bias %b
     : (tensor<?x37xf32>, tensor<37x45xf32>, tensor<45xf32>) -> tensor<?x45xf32>
  call @compare(%y, %expected) : (tensor<?x45xf32>, tensor<?x45xf32>) -> ()
  return
}

func.func @main() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %c17 = arith.constant 17 : index
  %c37 = arith.constant 37 : index
  %c45 = arith.constant 45 : index
  %c128 = arith.constant 128 : index
  %w0 = call @fill(%c37, %c45) : (index, index) -> tensor<?x?xf32>
  %w = tensor.cast %w0 : tensor<?x?xf32> to tensor<37x45xf32>
  // CHECK-COUNT-5: 1
  call @rows(%c0, %w) : (index, tensor<37x45xf32>) -> ()
  call @rows(%c1, %w) : (index, tensor<37x45xf32>) -> ()
  call @rows(%c5, %w) : (index, tensor<37x45xf32>) -> ()
  call @rows(%c17, %w) : (index, tensor<37x45xf32>) -> ()
  call @rows(%c128, %w) : (index, tensor<37x45xf32>) -> ()

  // A constant weight is packed by the compiler, a leading dimension is kept.
  %x = arith.constant dense<[[[1.0, 2.0, 3.0]], [[-1.0, 0.5, 0.25]]]> : tensor<2x1x3xf32>
  %v = arith.constant dense<[[1.0, 0.0], [0.0, 1.0], [2.0, -2.0]]> : tensor<3x2xf32>
  %y = sopt.linear %x, %v activation <relu>
     : (tensor<2x1x3xf32>, tensor<3x2xf32>) -> tensor<2x1x2xf32>
  %pad = arith.constant 0.0 : f32
  %a = vector.transfer_read %y[%c0, %c0, %c0], %pad : tensor<2x1x2xf32>, vector<2x1x2xf32>
  // CHECK-NEXT: ( ( ( 7, 0 ) ), ( ( 0, 0 ) ) )
  vector.print %a : vector<2x1x2xf32>
  return
}
