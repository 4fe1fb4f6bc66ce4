"""Compiles graphs and runs them through the C interface, each in a process of its own."""

import ctypes
import os
import pickle
import re
import signal
import subprocess
import traceback

import numpy as np
import onnx
from onnx import helper

SECONDS = 120


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


class Crash(Exception):
    """The compiler or the library died; the text says how."""


class Refusal(Exception):
    """The compiler said no, in one line of a known form."""


class Failure(Exception):
    """The library reported an error for legal inputs."""


def summarize(message):
    """What matters of an assertion's or a signal's report."""
    lines = re.findall(r"^.*(?:Assertion|LLVM ERROR).*$|^ *#\d+ \w+ ([\w:]+(?<!StackTrace)(?<!Handlers))\(", message,
                       re.MULTILINE)
    errors = re.findall(r"^.*(?:Assertion|LLVM ERROR).*$", message, re.MULTILINE)
    frames = [frame for frame in lines if frame]
    return " < ".join(errors[:1] + frames[:5]) or message[-500:]


def compile_model(tool, model, path):
    onnx.save(model, path + ".onnx")
    try:
        result = subprocess.run([tool, path + ".onnx", "--target=cpu", "--quiet", "-o", path + ".so"],
                                capture_output=True, timeout=SECONDS, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise Crash(f"the compiler ran for {SECONDS} s") from None
    # 1 is a refusal, if it says so; anything else never happens by design.
    if result.returncode not in (0, 1) or (result.returncode == 1 and ": error: " not in result.stderr):
        raise Crash(f"the compiler ended with {result.returncode}: {summarize(result.stderr)}")
    if result.returncode == 1:
        raise Refusal(result.stderr)
    return path + ".so"


def run_library(path, feeds):
    """The outputs by name. Runs in a forked child, where a crash hurts nobody."""
    library = ctypes.CDLL(path)
    for name, result in (("sopt_input_info", ctypes.POINTER(Info)), ("sopt_output_info", ctypes.POINTER(Info)),
                         ("sopt_context_create", ctypes.c_void_p), ("sopt_last_error", ctypes.c_char_p)):
        getattr(library, name).restype = result
    infos = [library.sopt_input_info(i)[0] for i in range(library.sopt_num_inputs())]
    arrays = [np.ascontiguousarray(feeds[info.name.decode()]).reshape(feeds[info.name.decode()].shape)
              for info in infos]
    inputs = (Input * len(arrays))(*[
        Input(array.ctypes.data, info.type, array.ndim, array.ctypes.shape_as(ctypes.c_int64) if array.ndim else None)
        for info, array in zip(infos, arrays)])
    count = library.sopt_num_outputs()
    outputs = (Output * count)()
    context = ctypes.c_void_p(library.sopt_context_create(2))
    results = {}
    # The second run meets the memory that the first one left.
    for _ in range(2):
        if library.sopt_run(context, inputs, len(inputs), outputs, count):
            raise Failure(library.sopt_last_error(context).decode())
    for i, output in enumerate(outputs):
        dtype = helper.tensor_dtype_to_np_dtype(output.type)
        elements = np.frombuffer(ctypes.string_at(output.data, output.bytes), dtype=dtype)
        results[library.sopt_output_info(i)[0].name.decode()] = elements.reshape(output.shape[:output.rank])
    return results


def run_forked(path, feeds):
    result_path = path + ".pickle"
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        try:
            answer = run_library(path, feeds)
        except Failure as failure:
            answer = str(failure)
        except BaseException:
            answer = "the harness failed: " + traceback.format_exc()
        with open(result_path, "wb") as file:
            pickle.dump(answer, file)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise Crash(f"the library ended with signal {status & 127}, exit code {status >> 8}")
    with open(result_path, "rb") as file:
        answer = pickle.load(file)
    os.remove(result_path)
    if isinstance(answer, str):
        raise Failure(answer)
    return answer


def find_refused(message):
    """The seeds of the graphs that a refusal is about."""
    return {int(seed) for seed in re.findall(r"\bg(\d+)_", message)}
