"""Writes a model with initializers of each element type, or checks that two
models have the same.

usage: element-types.py OUT.onnx | element-types.py --check BEFORE.onnx AFTER.onnx
"""

import sys

import onnx
from onnx import TensorProto, helper, numpy_helper

if sys.argv[1] == "--check":
    before, after = ({t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
                     for path in sys.argv[2:])
    assert before.keys() == after.keys()
    for name, array in before.items():
        assert array.dtype == after[name].dtype and array.tolist() == after[name].tolist(), name
    sys.exit()

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
for name in ("FLOAT6E2M3", "FLOAT6E3M2"):
    tensors.append(helper.make_tensor(f"typed_{name}", getattr(TensorProto, name), [5], [1, -2, 3, 0.5, 7]))
    tensors.append(numpy_helper.from_array(numpy_helper.to_array(tensors[-1]), f"raw_{name}"))
tensors.append(helper.make_tensor("typed_BOOL", TensorProto.BOOL, [3], [1, 0, 1]))
tensors.append(helper.make_tensor("strings", TensorProto.STRING, [3], [b"a", b"bc", b""]))
tensors.append(helper.make_tensor("empty", TensorProto.FLOAT, [0, 4], []))

outputs = [helper.make_tensor_value_info(f"out_{t.name}", t.data_type, list(t.dims)) for t in tensors]
# Identity does not take floats of 6 bits, Optional takes all.
nodes = [node for t in tensors for node in (
    helper.make_node("Optional", [t.name], [f"some_{t.name}"]),
    helper.make_node("OptionalGetElement", [f"some_{t.name}"], [f"out_{t.name}"]))]
graph = helper.make_graph(nodes, "types", [], outputs, tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 28)])
model.ir_version = 14
onnx.save(model, sys.argv[1])
