"""Compares outputs with onnxruntime's where rounding between layers makes a last bit a whole step.

usage: rounding-noise.py MODEL.onnx IN.npz OUT.npz INPUT

Exits 1 if OUT.npz differs from onnxruntime's outputs by more than those move themselves, in
the mean and half as much again, when the input INPUT moves by its last bit, 6e-8 near 1.
"""

import sys

import numpy as np
import onnxruntime

model, inputs, outputs, moved = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
arrays = dict(np.load(inputs))
expected = session.run(None, arrays)
noisy = session.run(None, {**arrays, moved: arrays[moved] + np.float32(6e-8)})
found = np.load(outputs)
failed = False
for output, reference, other in zip(session.get_outputs(), expected, noisy):
    difference = np.abs(found[output.name] - reference).mean()
    noise = np.abs(other - reference).mean()
    print(f"{output.name}: mean difference {difference:.3g}, noise {noise:.3g}")
    failed |= not difference <= 1.5 * noise
sys.exit(failed)
