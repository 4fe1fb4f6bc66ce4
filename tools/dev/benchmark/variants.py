"""Models to measure: MiniLM-L6 and a BERT-base shape, dense and pruned."""

import os
import subprocess
import sys

import numpy
import onnx
from onnx import numpy_helper

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")

# A product with less weight than this is not worth pruning.
SMALLEST = 64


def prune(weight, zeros, block):
    """The `weight`, [in, out], with its `zeros` smallest share set to zero, by
    groups of `block` neighbouring outputs of one input."""
    rows, columns = weight.shape
    groups = weight.reshape(rows, columns // block, block)
    norms = numpy.abs(groups).sum(axis=2)
    cut = int(round(zeros * norms.size))
    smallest = numpy.argpartition(norms, cut - 1, axis=None)[:cut]
    pruned = groups.reshape(-1, block).copy()
    pruned[smallest] = 0
    return pruned.reshape(rows, columns)


def prune_model(source, target, zeros, block):
    """Magnitude pruning of every weight that a MatMul multiplies with, each to
    the same share of zeros. Returns the shares of zeros that came out."""
    model = onnx.load(source)
    used = {name for node in model.graph.node if node.op_type == "MatMul" for name in node.input}
    shares = []
    for tensor in model.graph.initializer:
        if tensor.name in used and len(tensor.dims) == 2 and min(tensor.dims) >= SMALLEST:
            weight = prune(numpy_helper.to_array(tensor), zeros, block)
            tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
            shares.append(float((weight == 0).mean()))
    assert shares, f"{source} has no weight to prune"
    onnx.save(model, target)
    return shares


def fix_shape(source, target, shape):
    """The model for [batch, sequence] inputs of this shape alone."""
    model = onnx.load(source)
    for value in model.graph.input:
        for dim, size in zip(value.type.tensor_type.shape.dim, shape):
            dim.dim_value = size
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    onnx.save(onnx.shape_inference.infer_shapes(model), target)


class RandomIds:
    """What quantisation calibrates with: as the bench runs, random words."""

    def __init__(self, model, shape, count=8):
        random = numpy.random.default_rng(1)
        names = [value.name for value in onnx.load(model).graph.input]
        self.items = iter([{name: random.integers(0, 30522, shape) if name == "input_ids" else
                            numpy.full(shape, int(name == "attention_mask")) for name in names} for _ in range(count)])

    def get_next(self):
        return next(self.items, None)


def quantize_model(source, target, shape):
    """Matrix products of 8-bit integers, as pairs of QuantizeLinear and
    DequantizeLinear say them; weights with a scale for each channel."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    quantize_static(source, target, RandomIds(source, shape), quant_format=QuantFormat.QDQ, per_channel=True,
                    op_types_to_quantize=["MatMul"], activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                    extra_options={"MatMulConstBOnly": True})


def run(*command):
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)


class Variants:
    """ONNX files, made when first asked for and kept in `folder`."""

    def __init__(self, folder, weights):
        self.folder, self.weights = folder, weights
        os.makedirs(folder, exist_ok=True)

    def make(self, name, write):
        path = os.path.join(self.folder, name + ".onnx")
        if not os.path.exists(path):
            write(path + ".part")
            os.rename(path + ".part", path)
        return path

    def get_dense(self, model):
        """`model` is l6-ts14, l6-ts17 or bert-base, with open sizes."""
        if model == "bert-base":
            return self.make(model, lambda path: run(f"{ROOT}/tools/dev/make-bert", path))
        return self.make(model, lambda path: run(f"{ROOT}/test/Inputs/l6/attach.py", model, self.weights, path))

    def get(self, model, shape, zeros, block):
        """A share of `zeros` in groups of `block`; sizes stay open without `shape`."""
        path, name = self.get_dense(model), model
        if zeros:
            dense, name = path, name + f"-{round(zeros * 100)}" + (f"-{block}x1" if block > 1 else "")
            path = self.make(name, lambda target: prune_model(dense, target, zeros, block))
        if shape:
            open_sizes = path
            path = self.make(f"{name}-{'x'.join(map(str, shape))}", lambda target: fix_shape(open_sizes, target, shape))
        return path

    def get_quantized(self, model, shape, zeros, block):
        """The model in int8, for this shape alone; what was zero stays it."""
        source = self.get(model, shape, zeros, block)
        name = os.path.basename(source).removesuffix(".onnx")
        return self.make(f"{name}-int8", lambda target: quantize_model(source, target, shape))
