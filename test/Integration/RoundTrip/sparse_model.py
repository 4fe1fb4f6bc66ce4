"""Writes a model with sparse weights, as coordinates and as positions.

usage: sparse_model.py OUT.onnx

A lookup in a sparse table, a MatMul and a Gemm whose weight is transposed, all
nine tenths zeros; beside it, OUT.npz with inputs and onnxruntime's outputs.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(0)


def make_weight(name, rows, columns, islinear):
    positions = np.sort(random.choice(rows * columns, rows * columns // 10, replace=False))
    values = random.standard_normal(len(positions), dtype=np.float32)
    indices = positions if islinear else np.stack(np.divmod(positions, columns), axis=1)
    return helper.make_sparse_tensor(numpy_helper.from_array(values, name),
                                     numpy_helper.from_array(indices, f"{name}_indices"),
                                     [rows, columns])


def dense(name, *shape):
    return numpy_helper.from_array(random.standard_normal(shape, dtype=np.float32), name)


nodes = [helper.make_node("Gather", ["table", "ids"], ["x"], "lookup"),
         helper.make_node("MatMul", ["x", "w1"], ["product"], "first"),
         helper.make_node("Add", ["product", "b1"], ["sum"], "bias"),
         helper.make_node("Relu", ["sum"], ["hidden"], "relu"),
         helper.make_node("Gemm", ["hidden", "w2", "b2"], ["y"], "second", transB=1)]
graph = helper.make_graph(
    nodes, "sparse", [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 30])],
    initializer=[dense("b1", 300), dense("b2", 30)],
    sparse_initializer=[make_weight("table", 1000, 64, False), make_weight("w1", 64, 300, False),
                        make_weight("w2", 30, 300, True)])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
onnx.save(model, sys.argv[1])
inputs = {"ids": random.integers(0, 1000, 7)}
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
np.savez(sys.argv[1].removesuffix(".onnx") + ".npz", **{"in:ids": inputs["ids"]},
         **{"out:y": session.run(None, inputs)[0]})
