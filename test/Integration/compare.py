"""Compiles a model once and compares its outputs with onnxruntime's.

usage: compare.py MODEL.onnx FOLDER [--npz IN.npz] [--shapes 1x128,8x17,...]

FOLDER holds sparse-opt and sparse-run. With --npz the inputs and the outputs to
expect come from that file. With --shapes every input has each of the shapes
(batch x tokens) in turn, from one library: ids at random, and a mask that pads
every row but the first, each to another length, the last one away altogether
but for one token. Exits 1 if any float differs by more than 1e-4 from
onnxruntime, or any integer at all.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx


def make_inputs(model, batch, tokens):
    random = np.random.default_rng(batch * 1000 + tokens)
    inputs = {}
    for value in model.graph.input:
        if "mask" in value.name:
            lengths = np.linspace(tokens, 1, batch).astype(np.int64)
            array = (np.arange(tokens) < lengths[:, None]).astype(np.int64)
        elif "type" in value.name:
            array = random.integers(0, 2, (batch, tokens))
        else:
            array = random.integers(0, 30522, (batch, tokens))
        inputs[value.name] = array
    return inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("tools")
    parser.add_argument("--npz")
    parser.add_argument("--shapes", default="")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "model.so")
        subprocess.run([os.path.join(args.tools, "sparse-opt"), args.model, "--target=cpu", "-o", library], check=True)
        run = [os.path.join(args.tools, "sparse-run"), library]
        failed = False
        if args.npz:
            failed = subprocess.run([*run, "--inputs", args.npz]).returncode != 0
        model = onnx.load(args.model, load_external_data=False)
        for shape in filter(None, args.shapes.split(",")):
            path = os.path.join(folder, "in.npz")
            np.savez(path, **make_inputs(model, *map(int, shape.split("x"))))
            print(shape, flush=True)
            failed |= subprocess.run([*run, "--inputs", path, "--compare-with", args.model,
                                      "--python", sys.executable]).returncode != 0
    sys.exit(failed)


main()
