"""Checks that --unpad changes nothing but the padded rows, which become zeros.

usage: unpad.py MODEL.onnx FOLDER

FOLDER holds sparse-opt. Compares with onnxruntime, for masks whose padding is on
the right, on the left, scattered, everywhere, and nowhere, from one library.
"""

import os
import subprocess
import sys
import tempfile

import numpy
import onnxruntime

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "ctypes-example"))
from main import Model  # noqa: E402

model, tools = sys.argv[1:]
random = numpy.random.default_rng(0)


def make_masks():
    positions = numpy.arange(29)
    lengths = numpy.array([29, 0, 1, 17])[:, None]
    yield "right", positions < lengths
    yield "left", positions >= 29 - lengths
    yield "scattered", random.random((5, 40)) < 0.5
    yield "everywhere", numpy.zeros((2, 7), bool)
    yield "nowhere", numpy.ones((1, 130), bool)
    yield "one token", numpy.ones((1, 1), bool)


with tempfile.TemporaryDirectory() as folder:
    library = os.path.join(folder, "model.so")
    subprocess.run([os.path.join(tools, "sparse-opt"), "--quiet", model, "--unpad", "--target=cpu", "-o", library],
                   check=True)
    ours, theirs = Model(library), onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    failed = False
    for name, mask in make_masks():
        inputs = {"input_ids": random.integers(0, 30522, mask.shape), "attention_mask": mask.astype(numpy.int64),
                  "token_type_ids": numpy.zeros(mask.shape, numpy.int64)}
        (actual,) = ours.run(inputs).values()
        (expected,) = theirs.run(None, inputs)
        difference = numpy.abs(actual - expected * mask[..., None]).max()
        print(f"{name}: {difference:.1e}")
        failed |= not (actual.shape == expected.shape and difference <= 1e-4 and not actual[~mask].any())
sys.exit(failed)
