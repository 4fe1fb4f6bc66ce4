"""Drives onnxruntime for sparse-run: commands on stdin, answers on stdout.

Started with the model's path and the number of threads, it answers

  load FILE   takes the inputs of all runs from FILE (.npz)      ok
  run FILE    runs, and writes the outputs as out:NAME to FILE   ok
  time N      runs N times                                       ok NS NS ...

and first of all, once the model is loaded, "ok VERSION". What fails is
answered by "error REASON", on one line.
"""

import sys
import time

# Whatever prints must not mix with the answers.
answers, sys.stdout = sys.stdout, sys.stderr


def answer(text):
    answers.write(" ".join(text.split()) + "\n")
    answers.flush()


def start(path, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session, onnxruntime.__version__


def save(session, outputs, path):
    import numpy

    names = ["out:" + output.name for output in session.get_outputs()]
    numpy.savez(path, **{name: numpy.ascontiguousarray(value).reshape(value.shape)
                         for name, value in zip(names, outputs)})


def run_timed(session, inputs, runs):
    times = []
    for _ in range(runs):
        begin = time.perf_counter_ns()
        session.run(None, inputs)
        times.append(time.perf_counter_ns() - begin)
    return times


def serve(session):
    import numpy

    inputs = {}
    for line in sys.stdin:
        command, argument = line.rstrip("\n").split(" ", 1)
        if command == "load":
            inputs = dict(numpy.load(argument))
            answer("ok")
        elif command == "run":
            save(session, session.run(None, inputs), argument)
            answer("ok")
        elif command == "time":
            answer("ok " + " ".join(map(str, run_timed(session, inputs, int(argument)))))


try:
    session, version = start(sys.argv[1], int(sys.argv[2]))
    answer("ok " + version)
    serve(session)
except Exception as reason:  # whatever it is, it belongs in the answer
    answer(f"error {reason}")
