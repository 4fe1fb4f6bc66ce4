// RUN: sparse-opt %s -sopt-approximate-math | FileCheck %s

// No call that would keep LLVM from vectorising remains; f64 is left to libm.

// CHECK-LABEL: @f32
// CHECK-NOT:     math.exp
// CHECK-NOT:     math.erf
// CHECK:         math.fma
func.func @f32(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  %1 = math.erf %0 : f32
  return %1 : f32
}

// CHECK-LABEL: @f64
// CHECK:         math.exp
func.func @f64(%x: f64) -> f64 {
  %0 = math.exp %x : f64
  return %0 : f64
}
