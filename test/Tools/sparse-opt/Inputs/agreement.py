"""Compares two .npz files of outputs: prints for each whether the cosine of the
angle between them is at least COSINE, and whether they differ at all.

usage: agreement.py A.npz B.npz COSINE
"""

import sys

import numpy

a, b = (numpy.load(path) for path in sys.argv[1:3])
for name in a:
    x, y = (arrays[name].astype(numpy.float64).ravel() for arrays in (a, b))
    cosine = x @ y / numpy.sqrt((x @ x) * (y @ y))
    print(f"near: {cosine >= float(sys.argv[3])}, equal: {numpy.array_equal(x, y)}")
