"""A graph written as exporters write it: `g.Add(x, 1.0)` is a node."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self, opset=17, seed=0):
        self.opset = opset
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.feeds = [], [], [], {}

    def input(self, name, dims, array):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.inputs.append(helper.make_tensor_value_info(name, kind, dims))
        self.feeds[name] = array
        return name

    def constant(self, array):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, *shape, dtype=np.float32):
        """A weight at random, of a size that keeps a layer's output like its input."""
        array = self.random.standard_normal(shape) * shape[0] ** -0.5
        return self.constant(array.astype(dtype))

    def _operand(self, value):
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, float):
            value = np.float32(value)
        elif isinstance(value, (int, list)):
            value = np.array(value, np.int64)
        return self.constant(value)

    def __getattr__(self, operator):
        def node(*operands, outputs=1, **attributes):
            names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
            self.nodes.append(helper.make_node(operator, list(map(self._operand, operands)), names,
                                               name=f"{operator}_{len(self.nodes)}", **attributes))
            return names[0] if outputs == 1 else names
        return node

    def model(self, output, kind=TensorProto.FLOAT):
        self.nodes.append(helper.make_node("Identity", [output], ["y"]))
        graph = helper.make_graph(self.nodes, "family", self.inputs,
                                  [helper.make_tensor_value_info("y", kind, ["y0", "y1", "y2"])], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)

    # What several families share

    def size(self, value, axis):
        """TorchScript's value.size(axis), as a vector of one element."""
        return self.Unsqueeze(self.Gather(self.Shape(value), axis), [0])

    def reshape(self, value, *sizes):
        sizes = [self.constant(np.array([s])) if isinstance(s, int) else s for s in sizes]
        return self.Reshape(value, self.Concat(*sizes, axis=0))

    def linear(self, x, inputs, outputs):
        return self.Add(self.MatMul(x, self.weight(inputs, outputs)), self.weight(outputs))

    def positions(self, value, axis=1):
        return self.Range(0, self.Gather(self.Shape(value), axis), 1)

    def softmax(self, scores):
        return self.Softmax(scores, axis=-1)
