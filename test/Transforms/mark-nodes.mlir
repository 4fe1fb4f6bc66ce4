// RUN: sparse-opt %s -sopt-mark-nodes -split-input-file | FileCheck %s

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

// -----

// In a model of several functions, what is in them counts, not their calls.

// CHECK: module attributes {sopt.nodes = ["inner"]}
func.func private @work()

// CHECK:       func.func @main_graph(
// CHECK-NEXT:    call @main_graph_part1
// CHECK:       func.func private @main_graph_part1
// CHECK-NEXT:    arith.constant 0 : i64
// CHECK-NEXT:    call @sopt_rt_node
// CHECK-NEXT:    call @work
func.func @main_graph() {
  call @main_graph_part1() : () -> () loc("graph"("g"))
  return
}
func.func private @main_graph_part1() {
  call @work() : () -> () loc("inner"("a"))
  return
}
