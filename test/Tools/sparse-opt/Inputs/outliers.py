"""Calibration for outlier.mlir: outliers.py <out.npz>"""
import sys

import numpy

x = numpy.random.default_rng(0).standard_normal((5, 4)).astype(numpy.float32)
x[:, 0] = 1000
numpy.savez(sys.argv[1], x=x)
