"""Writes a model with one initializer for each element type.

usage: element-types.py OUT.onnx
"""

import sys

import onnx
from onnx import TensorProto, helper, numpy_helper

SIGNED = ["FLOAT", "INT8", "INT16", "INT32", "INT64", "FLOAT16", "DOUBLE", "BFLOAT16",
          "FLOAT8E4M3FN", "FLOAT8E5M2", "INT4", "COMPLEX64"]
UNSIGNED = ["UINT8", "UINT16", "UINT32", "UINT64", "UINT4"]

tensors = []
for name in SIGNED + UNSIGNED:
    values = [1, -2, 3] if name in SIGNED else [1, 2, 3]
    typed = helper.make_tensor(f"typed_{name}", getattr(TensorProto, name), [3], values)
    tensors.append(typed)
    raw = numpy_helper.from_array(numpy_helper.to_array(typed), f"raw_{name}")
    if raw.data_type == typed.data_type:
        tensors.append(raw)
tensors.append(helper.make_tensor("typed_BOOL", TensorProto.BOOL, [3], [1, 0, 1]))
tensors.append(helper.make_tensor("strings", TensorProto.STRING, [3], [b"a", b"bc", b""]))
tensors.append(helper.make_tensor("empty", TensorProto.FLOAT, [0, 4], []))

outputs = [helper.make_tensor_value_info(f"out_{t.name}", t.data_type, list(t.dims)) for t in tensors]
nodes = [helper.make_node("Identity", [t.name], [f"out_{t.name}"]) for t in tensors]
graph = helper.make_graph(nodes, "types", [], outputs, tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)])
model.ir_version = 11
onnx.save(model, sys.argv[1])
