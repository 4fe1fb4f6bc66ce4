"""Compiles graphs and runs them through the C interface, each in a process of its own."""

import os
import pickle
import re
import signal
import subprocess
import sys
import traceback

import onnx

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../../../test/Integration/ctypes-example"))
from main import Model  # noqa: E402 (lies beside the tests)

SECONDS = 120


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
    # Graphs in one library are more than a model of their few weights is.
    try:
        result = subprocess.run([tool, path + ".onnx", "--target=cpu", "--no-work-limit", "--quiet", "-o", path + ".so"],
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
    model = Model(path, threads=2)
    try:
        model.run(feeds)
        # The second run meets the memory that the first one left.
        return model.run(feeds)
    except ValueError as error:
        raise Failure(str(error)) from None


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
