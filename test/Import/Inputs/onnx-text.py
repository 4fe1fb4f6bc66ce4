"""Writes an ONNX file from ONNX's own text form, which a lit test holds.

usage: onnx-text.py TEST.test OUT.onnx

Of the test file, lines that begin with '#' are left out: RUN and CHECK lines
are such. The model is not checked, so that a test can hold an invalid one.
"""

import sys

import onnx.parser

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = "".join(line for line in file if not line.startswith("#"))
with open(target, "wb") as file:
    file.write(onnx.parser.parse_model(text).SerializeToString())
