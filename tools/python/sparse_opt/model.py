"""A compiled model, called with numpy arrays."""

import os
import statistics
import threading
import time
from typing import NamedTuple, Tuple, Union

import numpy

from ._core import Library

# ONNX's number of each element type, by numpy's name or that of the package ml_dtypes.
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "bool": 9,
          "float16": 10, "float64": 11, "uint32": 12, "uint64": 13, "complex64": 14, "complex128": 15,
          "bfloat16": 16, "float8_e4m3fn": 17, "float8_e4m3fnuz": 18, "float8_e5m2": 19, "float8_e5m2fnuz": 20,
          "uint4": 21, "int4": 22, "float4_e2m1fn": 23, "float8_e8m0fnu": 24, "uint2": 25, "int2": 26}
_NAMES = {number: name for name, number in _TYPES.items()}


class Tensor(NamedTuple):
    """What a model says of an input or output."""

    name: str
    dtype: str
    #: Sizes: a number, the symbol of a dynamic one, or None for one without a symbol.
    shape: Tuple[Union[int, str, None], ...]


class Bench(NamedTuple):
    """What Model.bench measured, in milliseconds."""

    median: float
    minimum: float
    runs: int
    threads: int


def _dtype(name):
    try:
        return numpy.dtype(name)
    except TypeError:
        import ml_dtypes

        return numpy.dtype(getattr(ml_dtypes, name))


def _describe(infos):
    return [
        Tensor(name, _NAMES[number], tuple(size if size >= 0 else symbol or None for size, symbol in zip(sizes, symbols)))
        for name, number, sizes, symbols in infos
    ]


class Model:
    """A library that sparse-opt wrote. Calls from several threads wait for each other; models that
    are loaded twice run at once."""

    def __init__(self, path, *, threads=0):
        # A name without a folder would be looked for among the system's libraries.
        self._library = Library(os.path.abspath(os.fspath(path)), threads)
        self._lock = threading.Lock()
        self.inputs = _describe(self._library.inputs)
        self.outputs = _describe(self._library.outputs)

    def __repr__(self):
        def signature(tensors):
            return ", ".join(f"{t.name}: {t.dtype}{list(t.shape)}" for t in tensors)

        return f"Model({signature(self.inputs)} -> {signature(self.outputs)})"

    def __call__(self, arrays=None, /, **more):
        """The outputs, by name, of the inputs by name; names that Python cannot spell go in a dict.

        Raises TypeError for inputs that are missing or unknown and RunError for arrays that do not
        fit and for values that make a node fail.
        """
        inputs, kept = self._prepare({**(arrays or {}), **more})
        with self._lock:
            outputs = self._library.run(inputs)
        del kept
        return {
            tensor.name: data.view(_dtype(_NAMES[number])).reshape(shape)
            for tensor, (data, number, shape) in zip(self.outputs, outputs)
        }

    def _prepare(self, arrays):
        """What the library takes, and the arrays that must live as long."""
        names = [tensor.name for tensor in self.inputs]
        for kind, some, others in (("missing", names, arrays), ("unknown", arrays, names)):
            if absent := [name for name in some if name not in others]:
                raise TypeError(f"{kind} input '{absent[0]}'; the inputs are {', '.join(names)}")
        kept, inputs = [], []
        for name in names:
            array = numpy.asarray(arrays[name], order="C")
            if array.dtype.name not in _TYPES or not array.dtype.isnative:
                raise TypeError(f"input '{name}' has elements of type {array.dtype}, which no model takes")
            kept.append(array)
            inputs.append((array.ctypes.data, _TYPES[array.dtype.name], list(array.shape)))
        return inputs, kept

    def bench(self, arrays=None, /, *, seconds=1.0, **more):
        """Times runs for about `seconds`. Without arrays of your own, inputs are zeros and ones with
        1 for a first dimension and 32 for others that are dynamic."""
        arrays = {**(arrays or {}), **more} or self._example()
        inputs, kept = self._prepare(arrays)
        times = []
        with self._lock:
            self._library.run(inputs)
            end = time.perf_counter() + seconds
            while not times or time.perf_counter() < end:
                start = time.perf_counter()
                self._library.run(inputs)
                times.append((time.perf_counter() - start) * 1e3)
        del kept
        return Bench(statistics.median(times), min(times), len(times), self._library.threads)

    def _example(self):
        random, sizes = numpy.random.default_rng(0), {}
        arrays = {}
        for tensor in self.inputs:
            shape = []
            for position, size in enumerate(tensor.shape):
                if not isinstance(size, int):
                    default = 1 if position == 0 else 32
                    size = sizes.setdefault(size, default) if size else default
                shape.append(size)
            arrays[tensor.name] = random.integers(0, 2, shape).astype(_dtype(tensor.dtype))
        return arrays
