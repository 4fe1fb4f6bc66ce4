"""Calibration for the zoo's BERT: calibration.py <out.npz> [items] [name]"""
import sys

import numpy

items = int(sys.argv[2]) if len(sys.argv) > 2 else 24
name = sys.argv[3] if len(sys.argv) > 3 else "attention_mask"
random = numpy.random.default_rng(0)
lengths = random.integers(3, 17, (items, 1))
mask = (numpy.arange(16) < lengths).astype(numpy.int64)
numpy.savez(sys.argv[1], input_ids=random.integers(0, 200, (items, 16)), **{name: mask})
