"""Writes a model whose every part says something of itself, and reads it back.

usage: notes.py write OUT.onnx | notes.py check BEFORE.onnx AFTER.onnx
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def annotate(proto, name):
    proto.doc_string = f"this is {name}"
    proto.metadata_props.add(key=f"{name} key", value=f'"{name}"\nvalue')
    return proto


def make_model():
    weights = [annotate(numpy_helper.from_array(np.ones(size, np.float32), f"w{size}"), f"weight {size}")
               for size in (3, 3 << 12)]
    nodes = [annotate(helper.make_node("Mul", ["x", "w3"], ["s"], name="first"), "first"),
             helper.make_node("ReduceSum", ["w12288"], ["r"]),
             helper.make_node("Add", ["s", "r"], ["t"]),
             # This one changed with opset 18.
             annotate(helper.make_node("ReduceMax", ["t"], ["y"], name="last", axes=[1]), "last")]
    x, y = (annotate(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size]), name)
            for name, size in (("x", 3), ("y", 1)))
    graph = annotate(helper.make_graph(nodes, "graph", [x], [y], weights), "graph")
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                              producer_name="me", producer_version="2", domain="org", model_version=3)
    model.ir_version = 10
    return annotate(model, "model")


def notes(model):
    """What each part of the model says."""
    graph = model.graph
    # Opset 18 adds one: axes were an attribute.
    weights = (weight for weight in graph.initializer if weight.name in ("w3", "w12288"))
    parts = [model, graph, *graph.node, *graph.input, *graph.output, *weights]
    return [(part.doc_string, [(p.key, p.value) for p in part.metadata_props]) for part in parts]


if sys.argv[1] == "write":
    onnx.save(make_model(), sys.argv[2])
else:
    before, after = map(notes, map(onnx.load, sys.argv[2:]))
    assert before == after, f"{before} became {after}"
