// The activations agree with libm's functions where these matter, and have
// their limits, also of infinities and NaN.

// DEFINE: %{isa} =
// DEFINE: %{run} = sparse-opt %s -convert-sopt-to-vector=isa=%{isa} %to-llvm \
// DEFINE:   | mlir-runner -e main -entry-point-result=void \
// DEFINE:       -shared-libs=%mlir-libs/libmlir_c_runner_utils.so \
// DEFINE:   | FileCheck %s
// REDEFINE: %{isa} = avx512
// RUN: %{run}
// REDEFINE: %{isa} = generic
// RUN: %{run}

func.func @sopt_rt_flops(%count: i64) {
  return
}

// Prints 1 if y(x) is within 1e-6 · max(1, |x|) of the expected.
func.func private @compare(%x: tensor<4001x1xf32>, %y: tensor<4001x1xf32>, %expected: tensor<4001x1xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %max = linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                     affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>],
    iterator_types = ["reduction", "reduction"]
  } ins(%x, %y, %expected : tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>)
    outs(%zero : tensor<f32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %m: f32):
    %one = arith.constant 1.0 : f32
    %0 = arith.subf %b, %c : f32
    %1 = math.absf %0 : f32
    %2 = math.absf %a : f32
    %3 = arith.maximumf %2, %one : f32
    %4 = arith.divf %1, %3 : f32
    %5 = arith.maximumf %m, %4 : f32
    linalg.yield %5 : f32
  } -> tensor<f32>
  %0 = tensor.extract %max[] : tensor<f32>
  %bound = arith.constant 1.0e-6 : f32
  %1 = arith.cmpf olt, %0, %bound : f32
  vector.print %1 : i1
  return
}

#id = affine_map<(i, j) -> (i, j)>
func.func @main() {
  %one = arith.constant dense<1.0> : tensor<1x1xf32>
  %zero = arith.constant dense<0.0> : tensor<1xf32>

  // -20, -19.99, …, 20
  %x = tensor.generate {
  ^bb0(%i: index, %j: index):
    %hundredth = arith.constant 0.01 : f32
    %low = arith.constant -20.0 : f32
    %0 = arith.index_cast %i : index to i32
    %1 = arith.sitofp %0 : i32 to f32
    %2 = arith.mulf %1, %hundredth : f32
    %3 = arith.addf %2, %low : f32
    tensor.yield %3 : f32
  } : tensor<4001x1xf32>
  %empty = tensor.empty() : tensor<4001x1xf32>

  %gelu = sopt.linear %x, %one bias %zero activation <gelu> : (tensor<4001x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<4001x1xf32>
  %gelu_libm = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<4001x1xf32>) outs(%empty : tensor<4001x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %half = arith.constant 0.5 : f32
    %c1 = arith.constant 1.0 : f32
    %root = arith.constant 0.707106781 : f32
    %0 = arith.mulf %a, %root : f32
    %1 = math.erf %0 : f32
    %2 = arith.addf %1, %c1 : f32
    %3 = arith.mulf %a, %half : f32
    %4 = arith.mulf %2, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<4001x1xf32>
  // CHECK: 1
  call @compare(%x, %gelu, %gelu_libm) : (tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>) -> ()

  %gelu_tanh = sopt.linear %x, %one bias %zero activation <gelu_tanh> : (tensor<4001x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<4001x1xf32>
  %gelu_tanh_libm = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<4001x1xf32>) outs(%empty : tensor<4001x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %half = arith.constant 0.5 : f32
    %c1 = arith.constant 1.0 : f32
    %root = arith.constant 0.797884561 : f32
    %cubic = arith.constant 0.044715 : f32
    %0 = arith.mulf %a, %a : f32
    %1 = arith.mulf %0, %a : f32
    %2 = arith.mulf %1, %cubic : f32
    %3 = arith.addf %2, %a : f32
    %4 = arith.mulf %3, %root : f32
    %5 = math.tanh %4 : f32
    %6 = arith.addf %5, %c1 : f32
    %7 = arith.mulf %a, %half : f32
    %8 = arith.mulf %6, %7 : f32
    linalg.yield %8 : f32
  } -> tensor<4001x1xf32>
  // CHECK-NEXT: 1
  call @compare(%x, %gelu_tanh, %gelu_tanh_libm) : (tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>) -> ()

  %tanh = sopt.linear %x, %one bias %zero activation <tanh> : (tensor<4001x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<4001x1xf32>
  %tanh_libm = linalg.tanh ins(%x : tensor<4001x1xf32>) outs(%empty : tensor<4001x1xf32>) -> tensor<4001x1xf32>
  // CHECK-NEXT: 1
  call @compare(%x, %tanh, %tanh_libm) : (tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>) -> ()

  // silu(x) = x · sigmoid(x), both from kernels, sigmoid from libm.
  %silu = sopt.linear %x, %one bias %zero activation <silu> : (tensor<4001x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<4001x1xf32>
  %sigmoid = sopt.linear %x, %one bias %zero activation <sigmoid> : (tensor<4001x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<4001x1xf32>
  %sigmoid_libm = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<4001x1xf32>) outs(%empty : tensor<4001x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %c1 = arith.constant 1.0 : f32
    %0 = arith.negf %a : f32
    %1 = math.exp %0 : f32
    %2 = arith.addf %1, %c1 : f32
    %3 = arith.divf %c1, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<4001x1xf32>
  %silu_libm = linalg.mul ins(%x, %sigmoid_libm : tensor<4001x1xf32>, tensor<4001x1xf32>) outs(%empty : tensor<4001x1xf32>) -> tensor<4001x1xf32>
  // CHECK-NEXT: 1
  call @compare(%x, %sigmoid, %sigmoid_libm) : (tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>) -> ()
  // CHECK-NEXT: 1
  call @compare(%x, %silu, %silu_libm) : (tensor<4001x1xf32>, tensor<4001x1xf32>, tensor<4001x1xf32>) -> ()

  // −∞, ∞, NaN, −100, 100
  %c0 = arith.constant 0 : index
  %pad = arith.constant 0.0 : f32
  %limits = arith.constant dense<[[0xff800000], [0x7f800000], [0x7fc00000], [-100.0], [100.0]]> : tensor<5x1xf32>
  %0 = sopt.linear %limits, %one bias %zero activation <tanh> : (tensor<5x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<5x1xf32>
  %1 = vector.transfer_read %0[%c0, %c0], %pad : tensor<5x1xf32>, vector<5x1xf32>
  // CHECK-NEXT: ( ( -1 ), ( 1 ), ( {{-?}}nan ), ( -1 ), ( 1 ) )
  vector.print %1 : vector<5x1xf32>
  %2 = sopt.linear %limits, %one bias %zero activation <sigmoid> : (tensor<5x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<5x1xf32>
  %3 = vector.transfer_read %2[%c0, %c0], %pad : tensor<5x1xf32>, vector<5x1xf32>
  // CHECK-NEXT: ( ( 0 ), ( 1 ), ( {{-?}}nan ), ( 0 ), ( 1 ) )
  vector.print %3 : vector<5x1xf32>
  %4 = sopt.linear %limits, %one bias %zero activation <relu> : (tensor<5x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<5x1xf32>
  %5 = vector.transfer_read %4[%c0, %c0], %pad : tensor<5x1xf32>, vector<5x1xf32>
  // CHECK-NEXT: ( ( 0 ), ( inf ), ( {{-?}}nan ), ( 0 ), ( 100 ) )
  vector.print %5 : vector<5x1xf32>
  return
}
