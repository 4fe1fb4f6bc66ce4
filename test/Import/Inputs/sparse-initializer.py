"""Writes a model with sparse constants of every form.

usage: sparse-initializer.py OUT.onnx
"""

import sys

import onnx
from onnx import TensorProto, helper


def make_sparse(name, values, indices, index_dims, dims):
    return helper.make_sparse_tensor(
        helper.make_tensor(name, TensorProto.FLOAT, [len(values)], values),
        helper.make_tensor(f"{name}_indices", TensorProto.INT64, index_dims, indices), dims)


node = make_sparse("", [3.0], [0, 2], [1, 2], [2, 3])
graph = helper.make_graph(
    [helper.make_node("Constant", [], ["node"], sparse_value=node),
     helper.make_node("Sum", ["linear", "coordinates", "vector", "node", "empty"], ["y"])],
    "sparse", [],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3])],
    sparse_initializer=[make_sparse("linear", [5.0, 7.0], [1, 5], [2], [2, 3]),
                        make_sparse("coordinates", [1.0, 2.0], [0, 0, 1, 1], [2, 2], [2, 3]),
                        make_sparse("vector", [4.0], [2], [1], [3]),
                        make_sparse("empty", [], [], [0], [2, 3])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
onnx.save(model, sys.argv[1])
