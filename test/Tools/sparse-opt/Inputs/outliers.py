"""Calibrations for outlier.mlir and cancelling.mlir: outliers.py <outlier.npz> <cancelling.npz>"""
import sys

import numpy

x = numpy.random.default_rng(0).standard_normal((5, 4)).astype(numpy.float32)
x[:, 0] = 1000
numpy.savez(sys.argv[1], x=x)
x = numpy.random.default_rng(0).standard_normal((5, 4)).astype(numpy.float32)
x[::2, :2] = x[1::2, 2:] = 1000
numpy.savez(sys.argv[2], x=x)
