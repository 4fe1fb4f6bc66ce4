// RUN: sparse-opt %s -sopt-merge-equal | FileCheck %s

// Regions count with what they take from outside: %0 and %2 are equal, %1 not.

#row = affine_map<(i) -> (i)>

// CHECK:       func.func @regions(%[[X:[a-z0-9]+]]: tensor<4xf32>, %[[Y:[a-z0-9]+]]: tensor<4xf32>
// CHECK:         %[[OF_X:.*]] = linalg.generic
// CHECK:           tensor.extract %[[X]]
// CHECK:         %[[OF_Y:.*]] = linalg.generic
// CHECK:           tensor.extract %[[Y]]
// CHECK-NOT:     linalg.generic
// CHECK:         return %[[OF_X]], %[[OF_Y]], %[[OF_X]]
func.func @regions(%x: tensor<4xf32>, %y: tensor<4xf32>, %e: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [#row], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %v = tensor.extract %x[%i] : tensor<4xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#row], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %v = tensor.extract %y[%i] : tensor<4xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#row], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %v = tensor.extract %x[%i] : tensor<4xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// What is known around a loop is known in it, not the other way about; calls
// may have effects, and what nobody uses is dropped.

// CHECK-LABEL: @scopes
// CHECK:         %[[A:.*]] = math.absf
// CHECK-NEXT:    call @effect(%[[A]])
// CHECK-NEXT:    scf.for
// CHECK-NEXT:      call @effect(%[[A]])
// CHECK-NEXT:      math.exp
// CHECK-NEXT:      call @effect
// CHECK-NEXT:    }
// CHECK-NEXT:    math.exp
// CHECK-NEXT:    call @effect
// CHECK-NEXT:    call @effect
// CHECK-NEXT:    return
func.func private @effect(f32)
func.func @scopes(%x: f32, %n: index, %one: index) {
  %a = math.absf %x : f32
  %unused = math.sqrt %x : f32
  call @effect(%a) : (f32) -> ()
  scf.for %i = %one to %n step %one {
    %b = math.absf %x : f32
    func.call @effect(%b) : (f32) -> ()
    %c = math.exp %x : f32
    func.call @effect(%c) : (f32) -> ()
  }
  %d = math.exp %x : f32
  call @effect(%d) : (f32) -> ()
  call @effect(%d) : (f32) -> ()
  return
}
