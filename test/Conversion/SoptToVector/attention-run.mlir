// The kernels agree with the decomposition to linalg, which defines the
// operation: every mask, queries and keys that fill no tile or block, none at
// all, and the NaN of rows that are masked whole.

// RUN: split-file %s %t
// RUN: sed s/@compute/@reference/ %t/compute.mlir | sparse-opt -convert-sopt-to-linalg > %t/reference.mlir
// DEFINE: %{isa} =
// DEFINE: %{run} = sparse-opt %t/compute.mlir -convert-sopt-to-vector=isa=%{isa} > %t/kernel.mlir && \
// DEFINE:   sed '/^module/d; /^}/d; /private @sopt_rt_/d' %t/reference.mlir %t/kernel.mlir %t/main.mlir | \
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
  // Padding, with rows that are masked whole.
  func.func @compute_0(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, fill = -3.40282347E+38 : f32}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Lengths and causal, fewer keys than queries too; masked keys weigh something.
  func.func @compute_1(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, causal, causal_end, fill = -4.0 : f32}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // NaN where nothing is left.
  func.func @compute_2(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, causal}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Zeros where nothing is left.
  func.func @compute_3(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, causal, empty_is_zero}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Bias of unknown shape, window.
  func.func @compute_4(%q: tensor<?x2x?x10xf32>, %k: tensor<?x2x?x10xf32>, %v: tensor<?x2x?x10xf32>, %m: tensor<?x1x?x?xf32>) -> tensor<?x2x?x10xf32> {
    %y = sopt.attention %q, %k, %v bias %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, window = array<i64: 3, -1>}
       : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x1x?x?xf32>) -> tensor<?x2x?x10xf32>
    return %y : tensor<?x2x?x10xf32>
  }
  // Groups and blocks.
  func.func @compute_5(%q: tensor<?x2x?x10xf32>, %k: tensor<?x2x?x10xf32>, %v: tensor<?x2x?x10xf32>, %m: tensor<?x?xi64>) -> tensor<?x2x?x10xf32> {
    %y = sopt.attention %q, %k, %v group %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, block = 6 : i64, fill = -3.40282347E+38 : f32}
       : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x?xi64>) -> tensor<?x2x?x10xf32>
    return %y : tensor<?x2x?x10xf32>
  }
  // A window on both sides.
  func.func @compute_6(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>, %g: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v {heads = 2, kv_heads = 2, scale = 0.3 : f32, window = array<i64: 40, 3>}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // A window and padding: some queries see no key that is real, and so all.
  func.func @compute_7(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>, %g: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, window = array<i64: 1, 1>, fill = -3.40282347E+38 : f32}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Blocks, with zeros where padding leaves none of one.
  func.func @compute_8(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>, %g: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m {heads = 2, kv_heads = 2, scale = 0.3 : f32, block = 2 : i64, empty_is_zero}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Groups that are scattered, with masks that depend on positions.
  func.func @compute_9(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>, %g: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v group %g {heads = 2, kv_heads = 2, scale = 0.3 : f32, causal, window = array<i64: 90, -1>}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
  // Groups and padding that leaves some without a key.
  func.func @compute_10(%q: tensor<?x?x20xf32>, %k: tensor<?x?x20xf32>, %v: tensor<?x?x20xf32>, %m: tensor<?x?xi64>, %g: tensor<?x?xi64>) -> tensor<?x?x20xf32> {
    %y = sopt.attention %q, %k, %v padding %m group %g {heads = 2, kv_heads = 2, scale = 0.3 : f32, fill = -3.40282347E+38 : f32}
       : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    return %y : tensor<?x?x20xf32>
  }
}

//--- main.mlir
module {
  func.func @sopt_rt_flops(%count: i64) {
    return
  }
  func.func @sopt_rt_bad_shape(%size: i64, %expected: i64) {
    return
  }

  // Numbers in [-2, 2] that look random.
  func.func private @element(%seed: index, %h: index, %i: index, %j: index) -> f32 {
    %c7 = arith.constant 7 : index
    %c31 = arith.constant 31 : index
    %c59 = arith.constant 59 : index
    %c101 = arith.constant 101 : index
    %low = arith.constant -2.0 : f32
    %step = arith.constant 0.04 : f32
    %0 = arith.muli %h, %c7 : index
    %1 = arith.muli %i, %c31 : index
    %2 = arith.muli %j, %c59 : index
    %3 = arith.addi %0, %1 : index
    %4 = arith.addi %2, %seed : index
    %5 = arith.addi %3, %4 : index
    %6 = arith.muli %5, %5 : index
    %7 = arith.remui %6, %c101 : index
    %8 = arith.index_cast %7 : index to i32
    %9 = arith.sitofp %8 : i32 to f32
    %10 = arith.mulf %9, %step : f32
    %11 = arith.addf %10, %low : f32
    return %11 : f32
  }

  func.func private @packed(%seed: index, %batch: index, %tokens: index) -> tensor<?x?x20xf32> {
    %0 = tensor.generate %batch, %tokens {
    ^bb0(%h: index, %i: index, %j: index):
      %e = func.call @element(%seed, %h, %i, %j) : (index, index, index, index) -> f32
      tensor.yield %e : f32
    } : tensor<?x?x20xf32>
    return %0 : tensor<?x?x20xf32>
  }

  func.func private @by_head(%seed: index, %batch: index, %tokens: index) -> tensor<?x2x?x10xf32> {
    %0 = tensor.generate %batch, %tokens {
    ^bb0(%g: index, %h: index, %i: index, %j: index):
      %s = arith.addi %seed, %g : index
      %e = func.call @element(%s, %h, %i, %j) : (index, index, index, index) -> f32
      tensor.yield %e : f32
    } : tensor<?x2x?x10xf32>
    return %0 : tensor<?x2x?x10xf32>
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

  // Seven groups, negative ones too, of which no two neighbours share one; in
  // the first batch all tokens are of one group.
  func.func private @groups(%batch: index, %tokens: index) -> tensor<?x?xi64> {
    %0 = tensor.generate %batch, %tokens {
    ^bb0(%h: index, %i: index):
      %c7 = arith.constant 7 : index
      %c5 = arith.constant 5 : index
      %c300 = arith.constant 300 : i64
      %1 = arith.muli %i, %c5 : index
      %2 = arith.muli %1, %h : index
      %3 = arith.remui %2, %c7 : index
      %4 = arith.index_cast %3 : index to i64
      %5 = arith.muli %4, %c300 : i64
      %6 = arith.subi %5, %c300 : i64
      tensor.yield %6 : i64
    } : tensor<?x?xi64>
    return %0 : tensor<?x?xi64>
  }

  // Prints 1 if all elements agree to 1e-5, NaN with NaN.
  func.func private @compare_packed(%a: tensor<?x?x20xf32>, %b: tensor<?x?x20xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c10 = arith.constant 10 : index
    %batch = tensor.dim %a, %c0 : tensor<?x?x20xf32>
    %tokens = tensor.dim %a, %c1 : tensor<?x?x20xf32>
    %0 = tensor.expand_shape %a [[0], [1], [2, 3]] output_shape [%batch, %tokens, 2, 10]
       : tensor<?x?x20xf32> into tensor<?x?x2x10xf32>
    %1 = tensor.expand_shape %b [[0], [1], [2, 3]] output_shape [%batch, %tokens, 2, 10]
       : tensor<?x?x20xf32> into tensor<?x?x2x10xf32>
    %2 = tensor.cast %0 : tensor<?x?x2x10xf32> to tensor<?x?x?x10xf32>
    %3 = tensor.cast %1 : tensor<?x?x2x10xf32> to tensor<?x?x?x10xf32>
    call @compare(%2, %3) : (tensor<?x?x?x10xf32>, tensor<?x?x?x10xf32>) -> ()
    return
  }

  func.func private @compare(%a: tensor<?x?x?x10xf32>, %b: tensor<?x?x?x10xf32>) {
    %zero = arith.constant dense<0.0> : tensor<f32>
    %max = linalg.generic {
      indexing_maps = [affine_map<(g, h, i, j) -> (g, h, i, j)>, affine_map<(g, h, i, j) -> (g, h, i, j)>,
                       affine_map<(g, h, i, j) -> ()>],
      iterator_types = ["reduction", "reduction", "reduction", "reduction"]
    } ins(%a, %b : tensor<?x?x?x10xf32>, tensor<?x?x?x10xf32>) outs(%zero : tensor<f32>) {
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
    %bound = arith.constant 1.0e-5 : f32
    %1 = arith.cmpf olt, %0, %bound : f32
    vector.print %1 : i1
    return
  }

  func.func private @all(%batch: index, %queries: index, %keys: index) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %mask = call @marks(%batch, %keys) : (index, index) -> tensor<?x?xi64>
    %group = call @marks(%batch, %queries) : (index, index) -> tensor<?x?xi64>
    %selfMask = call @marks(%batch, %queries) : (index, index) -> tensor<?x?xi64>
    %groups = call @groups(%batch, %queries) : (index, index) -> tensor<?x?xi64>
    %lengths = tensor.generate %batch {
    ^bb0(%i: index):
      %0 = arith.index_cast %i : index to i64
      tensor.yield %0 : i64
    } : tensor<?xi64>
    %bias = tensor.generate %batch, %queries, %c1 {
    ^bb0(%g: index, %h: index, %i: index, %j: index):
      %e = func.call @element(%g, %h, %i, %j) : (index, index, index, index) -> f32
      tensor.yield %e : f32
    } : tensor<?x1x?x?xf32>
    %q0 = call @packed(%c1, %batch, %queries) : (index, index, index) -> tensor<?x?x20xf32>
    %k0 = call @packed(%c2, %batch, %keys) : (index, index, index) -> tensor<?x?x20xf32>
    %v0 = call @packed(%c3, %batch, %keys) : (index, index, index) -> tensor<?x?x20xf32>
    %ks = call @packed(%c2, %batch, %queries) : (index, index, index) -> tensor<?x?x20xf32>
    %vs = call @packed(%c3, %batch, %queries) : (index, index, index) -> tensor<?x?x20xf32>
    %q1 = call @by_head(%c1, %batch, %queries) : (index, index, index) -> tensor<?x2x?x10xf32>
    %k1 = call @by_head(%c2, %batch, %keys) : (index, index, index) -> tensor<?x2x?x10xf32>
    %v1 = call @by_head(%c3, %batch, %keys) : (index, index, index) -> tensor<?x2x?x10xf32>
    %kq = call @by_head(%c2, %batch, %queries) : (index, index, index) -> tensor<?x2x?x10xf32>

    %a0 = call @compute_0(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %b0 = call @reference_0(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%a0, %b0) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %a1 = call @compute_1(%q0, %k0, %v0, %lengths) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?xi64>) -> tensor<?x?x20xf32>
    %b1 = call @reference_1(%q0, %k0, %v0, %lengths) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%a1, %b1) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %a2 = call @compute_2(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %b2 = call @reference_2(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%a2, %b2) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %a3 = call @compute_3(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %b3 = call @reference_3(%q0, %k0, %v0, %mask) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%a3, %b3) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %a4 = call @compute_4(%q1, %k1, %v1, %bias) : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x1x?x?xf32>) -> tensor<?x2x?x10xf32>
    %b4 = call @reference_4(%q1, %k1, %v1, %bias) : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x1x?x?xf32>) -> tensor<?x2x?x10xf32>
    %c4 = tensor.cast %a4 : tensor<?x2x?x10xf32> to tensor<?x?x?x10xf32>
    %d4 = tensor.cast %b4 : tensor<?x2x?x10xf32> to tensor<?x?x?x10xf32>
    call @compare(%c4, %d4) : (tensor<?x?x?x10xf32>, tensor<?x?x?x10xf32>) -> ()
    %a5 = call @compute_5(%q1, %kq, %kq, %group) : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x?xi64>) -> tensor<?x2x?x10xf32>
    %b5 = call @reference_5(%q1, %kq, %kq, %group) : (tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x2x?x10xf32>, tensor<?x?xi64>) -> tensor<?x2x?x10xf32>
    %c5 = tensor.cast %a5 : tensor<?x2x?x10xf32> to tensor<?x?x?x10xf32>
    %d5 = tensor.cast %b5 : tensor<?x2x?x10xf32> to tensor<?x?x?x10xf32>
    call @compare(%c5, %d5) : (tensor<?x?x?x10xf32>, tensor<?x?x?x10xf32>) -> ()
    %c6 = call @compute_6(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %r6 = call @reference_6(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%c6, %r6) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %c7 = call @compute_7(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %r7 = call @reference_7(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%c7, %r7) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %c8 = call @compute_8(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %r8 = call @reference_8(%q0, %k0, %v0, %mask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%c8, %r8) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %c9 = call @compute_9(%q0, %ks, %vs, %selfMask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %r9 = call @reference_9(%q0, %ks, %vs, %selfMask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%c9, %r9) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    %c10 = call @compute_10(%q0, %ks, %vs, %selfMask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    %r10 = call @reference_10(%q0, %ks, %vs, %selfMask, %groups) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?x20xf32>, tensor<?x?xi64>, tensor<?x?xi64>) -> tensor<?x?x20xf32>
    call @compare_packed(%c10, %r10) : (tensor<?x?x20xf32>, tensor<?x?x20xf32>) -> ()
    return
  }

  func.func @main() {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c17 = arith.constant 17 : index
    %c29 = arith.constant 29 : index
    %c130 = arith.constant 130 : index
    %c300 = arith.constant 300 : index
    // CHECK-COUNT-55: {{^1$}}
    call @all(%c2, %c17, %c130) : (index, index, index) -> ()
    call @all(%c2, %c300, %c130) : (index, index, index) -> ()
    call @all(%c2, %c29, %c17) : (index, index, index) -> ()
    call @all(%c1, %c1, %c1) : (index, index, index) -> ()
    call @all(%c2, %c2, %c0) : (index, index, index) -> ()
    // CHECK-NOT: 0
    return
  }
}
