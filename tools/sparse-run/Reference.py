"""Drives onnxruntime for sparse-run: commands on stdin, answers on stdout.

Started with the model's path and the number of threads, it answers

  load FILE   takes the inputs of all runs from FILE (.npz)      ok
  run FILE    runs, and writes the outputs as out:NAME to FILE;  ok
              not after `time`
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


def start(path, threads, exact):
    """A session. Where a processor lacks VNNI, onnxruntime saturates sums of
    products of 8-bit integers unless it is told to be exact; it then cannot
    load some models that it rewrites to such products, so it leaves them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    if exact:
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


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


def serve(path, threads):
    import numpy
    import onnxruntime

    session, is_exact = start(path, threads, exact=True), True
    answer("ok " + onnxruntime.__version__)
    inputs = {}
    for line in sys.stdin:
        command, argument = line.rstrip("\n").split(" ", 1)
        # Times are of onnxruntime as it comes.
        if is_exact and command == "time":
            session, is_exact = start(path, threads, exact=False), False
        if command == "load":
            inputs = dict(numpy.load(argument))
            answer("ok")
        elif command == "run":
            save(session, session.run(None, inputs), argument)
            answer("ok")
        elif command == "time":
            answer("ok " + " ".join(map(str, run_timed(session, inputs, int(argument)))))


try:
    serve(sys.argv[1], int(sys.argv[2]))
except Exception as reason:  # whatever it is, it belongs in the answer
    answer(f"error {reason}")
