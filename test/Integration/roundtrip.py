#!/usr/bin/env python3
"""Checks that models come out of sparse-opt as they went in.

    roundtrip.py [--raise] SPARSE_OPT MODEL.onnx...

Writes each model again and compares both files: the checker accepts the new
one, onnxruntime computes the same, and names, symbolic dimensions and weights
are kept. Inputs are those of MODEL.npz (in:NAME), if there is such a file, else
random. Prints a line for each model, `ok` or what differs.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper


class Difference(Exception):
    """What is not as it was."""


def fail(message):
    raise Difference(message)


def opset(model):
    return next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))


def describe(values):
    """Name, element type and dimensions of inputs or outputs."""
    described = []
    for value in values:
        tensor = value.type.tensor_type
        dims = [d.dim_param or (d.dim_value if d.HasField("dim_value") else None)
                for d in tensor.shape.dim]
        described.append((value.name, tensor.elem_type, dims))
    return described


def same_interface(before, after):
    """Whether `after` says all that `before` does; it may know more sizes."""
    return len(before) == len(after) and all(
        b[:2] == a[:2] and (not b[2] or len(b[2]) == len(a[2]))
        and all(x == y or x is None or isinstance(x, str) and isinstance(y, int)
                for x, y in zip(b[2], a[2]))
        for b, a in zip(before, after))


def check_weights(before, after):
    kept = {i.name: i for i in after.graph.initializer}
    for weight in before.graph.initializer:
        other = kept.get(weight.name)
        if other is None:
            fail(f"the initializer '{weight.name}' is gone")
        if list(weight.dims) != list(other.dims) or weight.data_type != other.data_type:
            fail(f"the initializer '{weight.name}' has another type")
        if numpy_helper.to_array(weight).tobytes() != numpy_helper.to_array(other).tobytes():
            fail(f"the initializer '{weight.name}' has other elements")


def check_sparse_weights(before, after):
    kept = {i.values.name: i for i in after.graph.sparse_initializer}
    for weight in before.graph.sparse_initializer:
        name = weight.values.name
        other = kept.get(name)
        if other is None:
            fail(f"the sparse initializer '{name}' is gone")
        for part in ("values", "indices"):
            was, now = map(numpy_helper.to_array, (getattr(weight, part), getattr(other, part)))
            if was.dtype != now.dtype or was.shape != now.shape or was.tobytes() != now.tobytes():
                fail(f"the sparse initializer '{name}' has other {part}")
        if list(weight.dims) != list(other.dims):
            fail(f"the sparse initializer '{name}' has another shape")


def make_inputs(session, npz):
    if npz:
        data = np.load(npz)
        return {name[3:]: data[name] for name in data.files if name.startswith("in:")}
    random = np.random.default_rng(0)
    inputs = {}
    for value in session.get_inputs():
        shape = [d if isinstance(d, int) else 2 if i == 0 else 5
                 for i, d in enumerate(value.shape)]
        if value.type == "tensor(float)":
            inputs[value.name] = random.standard_normal(shape, dtype=np.float32)
        else:
            isids = value.name.endswith("ids") and "type" not in value.name
            inputs[value.name] = random.integers(0, 1000 if isids else 2, shape)
            if "mask" in value.name:
                inputs[value.name][:, :2] = 1
    return inputs


def run(path, npz):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Some exporters leave a Dropout in training mode.
    onnxruntime.set_seed(0)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, make_inputs(session, npz))


def check(model, sparse_opt, raised):
    npz = model.removesuffix(".onnx") + ".npz"
    npz = npz if os.path.exists(npz) else None
    with tempfile.TemporaryDirectory() as folder:
        written = os.path.join(folder, "written.onnx")
        command = [sparse_opt, model, "-o", written, "--quiet"]
        done = subprocess.run(command + (["--raise"] if raised else []),
                              capture_output=True, text=True, check=False)
        if done.returncode:
            fail(done.stderr.strip())
        before, after = onnx.load(model), onnx.load(written)
        # The full check takes sparse initializers for sparse tensors, which no
        # operator takes.
        onnx.checker.check_model(written, full_check=not after.graph.sparse_initializer)
        expected, actual = run(model, npz), run(written, npz)

    if not same_interface(describe(before.graph.input), describe(after.graph.input)):
        fail(f"inputs {describe(before.graph.input)} became {describe(after.graph.input)}")
    if not same_interface(describe(before.graph.output), describe(after.graph.output)):
        fail(f"outputs {describe(before.graph.output)} became {describe(after.graph.output)}")
    if opset(after) < opset(before):
        fail(f"opset {opset(before)} became {opset(after)}")
    if not raised:
        check_weights(before, after)
        check_sparse_weights(before, after)

    difference = 0.0
    for want, got in zip(expected, actual):
        if want.shape != got.shape or want.dtype != got.dtype:
            fail(f"an output {want.dtype}{want.shape} became {got.dtype}{got.shape}")
        isfloat = want.dtype.kind == "f"
        if isfloat and not np.array_equal(np.isnan(want), np.isnan(got)):
            fail("an output is NaN in other places")
        if want.size and not np.array_equal(want, got, equal_nan=isfloat):
            difference = max(difference, float(np.nanmax(np.abs(
                want.astype(np.float64) - got.astype(np.float64)))))
    limit = 1e-5 if raised else 0.0 if opset(before) == opset(after) else 1e-6
    if not difference <= limit:
        fail(f"outputs differ by {difference:.3g}, more than {limit:.3g}")
    return f"ok: opset {opset(before)} to {opset(after)}, outputs within {difference:.3g}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sparse_opt")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--raise", dest="raised", action="store_true",
                        help="raise first; then weights may change")
    args = parser.parse_args()
    failed = False
    for model in args.models:
        try:
            outcome = check(model, args.sparse_opt, args.raised)
        except Difference as difference:
            failed, outcome = True, f"FAIL: {difference}"
        print(f"{os.path.basename(model)}: {outcome}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
