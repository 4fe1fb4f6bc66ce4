// RUN: sparse-opt %s -sopt-mark-nodes | FileCheck %s

// The runtime is told before the first piece of work of each node.

// CHECK: module attributes {sopt.nodes = ["first", "second"]}
func.func private @work()

// CHECK-LABEL: @main_graph
// CHECK-NEXT:    %[[FIRST:.*]] = arith.constant 0 : i64
// CHECK-NEXT:    call @sopt_rt_node(%[[FIRST]])
// CHECK-NEXT:    call @work
// CHECK-NEXT:    call @work
// CHECK-NEXT:    %[[SECOND:.*]] = arith.constant 1 : i64
// CHECK-NEXT:    call @sopt_rt_node(%[[SECOND]])
// CHECK-NEXT:    call @work
func.func @main_graph() {
  call @work() : () -> () loc("first"("a"))
  call @work() : () -> () loc("first"("b"))
  call @work() : () -> () loc(fused["second"("c"), "third"("d")])
  return
}
