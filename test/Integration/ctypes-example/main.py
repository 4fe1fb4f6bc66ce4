"""Runs a model that sparse-opt compiled, from Python with numpy alone:

    python main.py model.so NAME=FILE.npy ...
"""

import ctypes
import sys

import numpy


class Info(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("dims", ctypes.POINTER(ctypes.c_int64)), ("dimNames", ctypes.POINTER(ctypes.c_char_p))]


class Input(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("type", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64))]


class Output(ctypes.Structure):
    _fields_ = [("buffer", ctypes.c_void_p), ("capacity", ctypes.c_uint64), ("data", ctypes.c_void_p),
                ("bytes", ctypes.c_uint64), ("type", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64))]


# ONNX's number of each element type.
TYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
         10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128"}


class Model:
    """A library that sparse-opt wrote, with one context."""

    def __init__(self, path, threads=0):
        self.library = ctypes.CDLL(path)
        for name, result in (("sopt_input_info", ctypes.POINTER(Info)), ("sopt_output_info", ctypes.POINTER(Info)),
                             ("sopt_context_create", ctypes.c_void_p), ("sopt_last_error", ctypes.c_char_p)):
            getattr(self.library, name).restype = result
        self.inputs = [self.library.sopt_input_info(i)[0] for i in range(self.library.sopt_num_inputs())]
        self.outputs = [self.library.sopt_output_info(i)[0] for i in range(self.library.sopt_num_outputs())]
        self.context = ctypes.c_void_p(self.library.sopt_context_create(threads))

    def run(self, arrays):
        """The outputs, by name, of the inputs `arrays`, by name."""
        arrays = [numpy.asarray(arrays[info.name.decode()], dtype=TYPES[info.type], order="C") for info in self.inputs]
        inputs = (Input * len(arrays))(*[
            Input(array.ctypes.data, info.type, array.ndim, array.ctypes.shape_as(ctypes.c_int64))
            for info, array in zip(self.inputs, arrays)])
        outputs = (Output * len(self.outputs))()
        if self.library.sopt_run(self.context, inputs, len(inputs), outputs, len(outputs)):
            raise ValueError(self.library.sopt_last_error(self.context).decode())
        return {info.name.decode(): self.copy(output) for info, output in zip(self.outputs, outputs)}

    @staticmethod
    def copy(output):
        elements = numpy.frombuffer(ctypes.string_at(output.data, output.bytes), dtype=TYPES[output.type])
        return elements.reshape(output.shape[: output.rank])


if __name__ == "__main__":
    model = Model(sys.argv[1])
    arguments = dict(argument.split("=", 1) for argument in sys.argv[2:])
    for name, array in model.run({name: numpy.load(path) for name, path in arguments.items()}).items():
        print(name, array.dtype, array.tolist())
