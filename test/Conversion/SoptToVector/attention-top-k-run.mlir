// The kernels choose the keys that the decomposition to linalg does, by which
// top_k is defined: also of equal scores, of which there are many, since keys
// repeat after 101; with fewer keys than k, none, and none that is not masked.
// All numbers are small integers and the scale a power of two, so that scores
// are the same in whatever order they are summed.

// RUN: split-file %s %t
// RUN: sed s/@compute/@reference/ %t/compute.mlir | sparse-opt -convert-sopt-to-linalg > %t/reference.mlir
// DEFINE: %{isa} =
// DEFINE: %{run} = sparse-opt %t/compute.mlir -convert-sopt-to-vector=isa=%{isa} > %t/kernel.mlir && \
// DEFINE:   sed '/^module/d; /^}/d; /private @sopt_rt_flops/d' %t/reference.mlir %t/kernel.mlir %t/main.mlir | \
// DEFINE:   sparse-opt %to-llvm | \
// DEFINE:   mlir-runner -e main -entry-point-result=void \
// DEFINE:     -shared-libs=%mlir-libs/libmlir_c_runner_utils.so | \
// DEFINE:   FileCheck %s
// REDEFINE: %{isa} = avx512
// RUN: %{run}
// REDEFINE: %{isa} = generic
// RUN: %{run}

//--- compute.mlir
module {
  // No other mask.
  func.func @compute_0(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 5 : i64}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // Padding, whole in the first batch: then all keys weigh the same.
  func.func @compute_1(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 3 : i64, fill = -3.40282347E+38 : f32}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // More than the first queries see; zeros where padding leaves nothing.
  func.func @compute_2(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 40 : i64, causal, empty_is_zero}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // NaN where it leaves nothing.
  func.func @compute_3(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 1 : i64, window = array<i64: 20, 20>}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // Signs alone.
  func.func @compute_4(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 5 : i64, top_k_bits = 1 : i64}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // Two bits, and padding.
  func.func @compute_5(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 7 : i64, top_k_bits = 2 : i64}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
  // Four bits, and positions.
  func.func @compute_6(%q: tensor<?x?x80xf32>, %k: tensor<?x?x80xf32>, %v: tensor<?x?x80xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x80xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.0009765625 : f32, top_k = 9 : i64, top_k_bits = 4 : i64, causal, causal_end, fill = -3.40282347E+38 : f32}
       : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    return %y : tensor<?x?x80xf32>
  }
}

//--- main.mlir
module {
  func.func @sopt_rt_flops(%count: i64) {
    return
  }

  // Integers of −50 to 50 that look random.
  func.func private @tokens(%seed: index, %batch: index, %tokens: index) -> tensor<?x?x80xf32> {
    %0 = tensor.generate %batch, %tokens {
    ^bb0(%h: index, %i: index, %j: index):
      %c7 = arith.constant 7 : index
      %c31 = arith.constant 31 : index
      %c59 = arith.constant 59 : index
      %c101 = arith.constant 101 : index
      %low = arith.constant -50.0 : f32
      %1 = arith.muli %h, %c7 : index
      %2 = arith.muli %i, %c31 : index
      %3 = arith.muli %j, %c59 : index
      %4 = arith.addi %1, %2 : index
      %5 = arith.addi %3, %seed : index
      %6 = arith.addi %4, %5 : index
      %7 = arith.muli %6, %6 : index
      %8 = arith.remui %7, %c101 : index
      %9 = arith.index_cast %8 : index to i32
      %10 = arith.sitofp %9 : i32 to f32
      %11 = arith.addf %10, %low : f32
      tensor.yield %11 : f32
    } : tensor<?x?x80xf32>
    return %0 : tensor<?x?x80xf32>
  }

  // 0 in the first batch; then 1 where the token is a multiple of three.
  func.func private @marks(%batch: index, %tokens: index) -> tensor<?x?xi64> {
    %0 = tensor.generate %batch, %tokens {
    ^bb0(%h: index, %i: index):
      %c3 = arith.constant 3 : index
      %c0 = arith.constant 0 : index
      %1 = arith.remui %i, %c3 : index
      %2 = arith.cmpi eq, %1, %c0 : index
      %3 = arith.cmpi ne, %h, %c0 : index
      %4 = arith.andi %2, %3 : i1
      %5 = arith.extui %4 : i1 to i64
      tensor.yield %5 : i64
    } : tensor<?x?xi64>
    return %0 : tensor<?x?xi64>
  }

  // Prints 1 if all elements agree to 1e-3, NaN with NaN: values are up to 50.
  func.func private @compare(%a: tensor<?x?x80xf32>, %b: tensor<?x?x80xf32>) {
    %zero = arith.constant dense<0.0> : tensor<f32>
    %max = linalg.generic {
      indexing_maps = [affine_map<(h, i, j) -> (h, i, j)>, affine_map<(h, i, j) -> (h, i, j)>,
                       affine_map<(h, i, j) -> ()>],
      iterator_types = ["reduction", "reduction", "reduction"]
    } ins(%a, %b : tensor<?x?x80xf32>, tensor<?x?x80xf32>) outs(%zero : tensor<f32>) {
    ^bb0(%p: f32, %q: f32, %m: f32):
      %none = arith.constant 0.0 : f32
      %0 = arith.subf %p, %q : f32
      %1 = math.absf %0 : f32
      %2 = arith.cmpf uno, %p, %p : f32
      %3 = arith.cmpf uno, %q, %q : f32
      %4 = arith.andi %2, %3 : i1
      %5 = arith.select %4, %none, %1 : f32
      %6 = arith.maximumf %m, %5 : f32
      linalg.yield %6 : f32
    } -> tensor<f32>
    %0 = tensor.extract %max[] : tensor<f32>
    %bound = arith.constant 1.0e-3 : f32
    %1 = arith.cmpf olt, %0, %bound : f32
    vector.print %1 : i1
    return
  }

  func.func private @all(%batch: index, %queries: index, %keys: index) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %q = call @tokens(%c1, %batch, %queries) : (index, index, index) -> tensor<?x?x80xf32>
    %k = call @tokens(%c2, %batch, %keys) : (index, index, index) -> tensor<?x?x80xf32>
    %v = call @tokens(%c3, %batch, %keys) : (index, index, index) -> tensor<?x?x80xf32>
    %mask = call @marks(%batch, %keys) : (index, index) -> tensor<?x?xi64>
    %e0 = call @compute_0(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r0 = call @reference_0(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e0, %r0) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e1 = call @compute_1(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r1 = call @reference_1(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e1, %r1) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e2 = call @compute_2(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r2 = call @reference_2(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e2, %r2) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e3 = call @compute_3(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r3 = call @reference_3(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e3, %r3) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e4 = call @compute_4(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r4 = call @reference_4(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e4, %r4) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e5 = call @compute_5(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r5 = call @reference_5(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e5, %r5) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    %e6 = call @compute_6(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    %r6 = call @reference_6(%q, %k, %v, %mask) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?x80xf32>, tensor<?x?xi64>) -> tensor<?x?x80xf32>
    call @compare(%e6, %r6) : (tensor<?x?x80xf32>, tensor<?x?x80xf32>) -> ()
    return
  }

  func.func @main() {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c17 = arith.constant 17 : index
    %c29 = arith.constant 29 : index
    %c230 = arith.constant 230 : index
    // CHECK-COUNT-28: {{^1$}}
    call @all(%c2, %c29, %c230) : (index, index, index) -> ()
    call @all(%c2, %c29, %c17) : (index, index, index) -> ()
    call @all(%c1, %c1, %c1) : (index, index, index) -> ()
    call @all(%c2, %c2, %c0) : (index, index, index) -> ()
    // CHECK-NOT: 0
    return
  }
}
