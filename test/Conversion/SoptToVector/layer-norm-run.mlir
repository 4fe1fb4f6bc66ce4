// The kernels agree with the decomposition to linalg, which defines the
// operation, for rows that are no multiple of a vector and for no rows.

// RUN: split-file %s %t
// RUN: sed s/@compute/@reference/ %t/compute.mlir | sparse-opt -convert-sopt-to-linalg > %t/reference.mlir
// DEFINE: %{isa} =
// DEFINE: %{run} = sparse-opt %t/compute.mlir -convert-sopt-to-vector=isa=%{isa} > %t/kernel.mlir && \
// DEFINE:   sed '/^module/d; /^}/d' %t/reference.mlir %t/kernel.mlir %t/main.mlir | \
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
  func.func @compute(%x: tensor<?x?x100xf32>, %s: tensor<100xf32>, %b: tensor<100xf32>) -> tensor<?x?x100xf32> {
    %0 = sopt.layer_norm %x scale %s bias %b {epsilon = 1.0e-12 : f32}
       : (tensor<?x?x100xf32>, tensor<100xf32>, tensor<100xf32>) -> tensor<?x?x100xf32>
    %1 = sopt.layer_norm %x residual %0 scale %s
       : (tensor<?x?x100xf32>, tensor<?x?x100xf32>, tensor<100xf32>) -> tensor<?x?x100xf32>
    %2 = sopt.layer_norm %1 residual %x scale %s bias %b {rms}
       : (tensor<?x?x100xf32>, tensor<?x?x100xf32>, tensor<100xf32>, tensor<100xf32>) -> tensor<?x?x100xf32>
    return %2 : tensor<?x?x100xf32>
  }
}

//--- main.mlir
module {
  func.func private @fill(%batch: index, %rows: index) -> tensor<?x?x100xf32> {
    %0 = tensor.generate %batch, %rows {
    ^bb0(%h: index, %i: index, %j: index):
      %c3 = arith.constant 3 : index
      %c7 = arith.constant 7 : index
      %c11 = arith.constant 11 : index
      %1 = arith.muli %i, %c7 : index
      %2 = arith.muli %j, %c3 : index
      %3 = arith.addi %1, %2 : index
      %4 = arith.addi %3, %h : index
      %5 = arith.remui %4, %c11 : index
      %6 = arith.index_cast %5 : index to i32
      %7 = arith.sitofp %6 : i32 to f32
      tensor.yield %7 : f32
    } : tensor<?x?x100xf32>
    return %0 : tensor<?x?x100xf32>
  }

  // Prints 1 if all elements agree to 1e-5.
  func.func private @compare(%batch: index, %rows: index) {
    %c1 = arith.constant 1 : index
    %x = call @fill(%batch, %rows) : (index, index) -> tensor<?x?x100xf32>
    %w0 = call @fill(%c1, %c1) : (index, index) -> tensor<?x?x100xf32>
    %w1 = tensor.cast %w0 : tensor<?x?x100xf32> to tensor<1x1x100xf32>
    %w = tensor.collapse_shape %w1 [[0, 1, 2]] : tensor<1x1x100xf32> into tensor<100xf32>
    %a = call @compute(%x, %w, %w) : (tensor<?x?x100xf32>, tensor<100xf32>, tensor<100xf32>) -> tensor<?x?x100xf32>
    %b = call @reference(%x, %w, %w) : (tensor<?x?x100xf32>, tensor<100xf32>, tensor<100xf32>) -> tensor<?x?x100xf32>
    %zero = arith.constant dense<0.0> : tensor<f32>
    %max = linalg.generic {
      indexing_maps = [affine_map<(h, i, j) -> (h, i, j)>, affine_map<(h, i, j) -> (h, i, j)>,
                       affine_map<(h, i, j) -> ()>],
      iterator_types = ["reduction", "reduction", "reduction"]
    } ins(%a, %b : tensor<?x?x100xf32>, tensor<?x?x100xf32>) outs(%zero : tensor<f32>) {
    ^bb0(%p: f32, %q: f32, %m: f32):
      %0 = arith.subf %p, %q : f32
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

  func.func @main() {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c9 = arith.constant 9 : index
    // CHECK: 1
    call @compare(%c1, %c1) : (index, index) -> ()
    // CHECK-NEXT: 1
    call @compare(%c2, %c9) : (index, index) -> ()
    // CHECK-NEXT: 1
    call @compare(%c0, %c9) : (index, index) -> ()
    return
  }
}
