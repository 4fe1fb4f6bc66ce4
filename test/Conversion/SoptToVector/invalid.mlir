// RUN: not sparse-opt %s -convert-sopt-to-vector=isa=avx1024 2>&1 | FileCheck %s

// CHECK: error: convert-sopt-to-vector: unknown isa 'avx1024'
module {}
