// The mlir-opt of Debian's mlir-22-tools, which knows nothing of us but what the
// plugin brings: our passes and pipelines by name, on its IR and on ours.

// RUN: mlir-opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin --pass-pipeline='builtin.module(convert-sopt-to-linalg,func.func(sopt-linalg-to-loops))' | FileCheck %s
// RUN: mlir-opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin --pass-pipeline='builtin.module(sopt-cpu{isa=avx2})' | FileCheck %s --check-prefix=LLVM
// RUN: mlir-opt --load-pass-plugin=%plugin --help | FileCheck %s --check-prefix=HELP

// One copy of MLIR, and nothing of ours for others to trip over.
// RUN: llvm-nm -C --defined-only %plugin | not grep -F "mlir::MLIRContext::MLIRContext"
// RUN: llvm-nm -C -D --defined-only %plugin | not grep -F "sopt::"
// RUN: llvm-readelf --needed-libs %plugin | FileCheck %s --check-prefix=NEEDED

// CHECK-LABEL: func.func @upstream
// CHECK-NOT: linalg
// CHECK: scf.for
func.func @upstream(%x: memref<?x8xf32>, %y: memref<?x8xf32>) {
  linalg.exp ins(%x : memref<?x8xf32>) outs(%y : memref<?x8xf32>)
  return
}

// CHECK-LABEL: func.func @main_graph
// CHECK-NOT: sopt.poly
// LLVM: llvm.func @main_graph
func.func @main_graph(%x: tensor<?xf32> {onnx.name = "x"}) -> (tensor<?xf32> {onnx.name = "y"}) {
  %0 = sopt.poly %x {coefficients = dense<[0.5, 1.0]> : tensor<2xf32>}
     : tensor<?xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// HELP: --convert-onnx-to-linalg
// HELP: --sopt-cpu

// NEEDED: libMLIR.so.22.1
