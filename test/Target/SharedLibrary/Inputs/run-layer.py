"""Runs layer.mlir's library through its C interface and compares with NumPy."""
import ctypes
import sys

import numpy as np


class Input(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("type", ctypes.c_int32),
                ("rank", ctypes.c_int32), ("shape", ctypes.POINTER(ctypes.c_int64))]


class Output(ctypes.Structure):
    _fields_ = [("buffer", ctypes.c_void_p), ("capacity", ctypes.c_uint64),
                ("data", ctypes.c_void_p), ("bytes", ctypes.c_uint64),
                ("type", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64))]


FLOAT = 1
library = ctypes.CDLL(sys.argv[1])
library.sopt_context_create.restype = ctypes.c_void_p
library.sopt_last_error.restype = ctypes.c_char_p
context = ctypes.c_void_p(library.sopt_context_create(2))


def shapes_of(outputs):
    return [tuple(o.shape[:o.rank]) for o in outputs]


for batch in (3, 1, 0, 200):
    x = np.random.default_rng(batch).standard_normal((batch, 16)).astype(np.float32)
    y = np.maximum(x @ np.full((16, 8), 0.5, np.float32), 0)
    wanted = [y, y.sum(axis=1)]

    shape = (ctypes.c_int64 * 2)(*x.shape)
    inputs = (Input * 1)(Input(x.ctypes.data, FLOAT, 2, shape))
    outputs = (Output * 2)()
    status = library.sopt_output_shapes(context, inputs, 1, outputs, 2)
    assert status == 0, library.sopt_last_error(context)
    assert shapes_of(outputs) == [w.shape for w in wanted], shapes_of(outputs)

    status = library.sopt_run(context, inputs, 1, outputs, 2)
    assert status == 0, library.sopt_last_error(context)
    assert shapes_of(outputs) == [w.shape for w in wanted], shapes_of(outputs)
    for output, value in zip(outputs, wanted):
        got = np.frombuffer(ctypes.string_at(output.data, output.bytes), np.float32)
        np.testing.assert_allclose(got.reshape(value.shape), value, atol=1e-5)
