"""Writes arrays of random pixels, and numbers.

usage: images.py OUT.npz NAME=1x3x64x64:LOW:HIGH... NAME=INTEGER...
"""

import sys

import numpy as np

random = np.random.default_rng(0)
arrays = {}
for argument in sys.argv[2:]:
    name, description = argument.split("=")
    if ":" not in description:
        arrays[name] = np.array(int(description))
        continue
    shape, low, high = description.split(":")
    arrays[name] = random.uniform(float(low), float(high), [int(size) for size in shape.split("x")]).astype(np.float32)
np.savez(sys.argv[1], **arrays)
