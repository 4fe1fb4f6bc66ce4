"""One engine with one model, told by its standard input when to run.

usage: worker.py ENGINE MODEL INPUTS.npz THREADS [OPTION=VALUE...]

Loads the model, runs it once, writes the outputs to INPUTS.npz's folder as
ENGINE.npz, and answers `ready`. Then each line N on standard input is answered
by the milliseconds of N runs, as a JSON list. Needs numpy and the engine alone:
each engine lives in an environment of its own.
"""

import json
import os
import sys
import time

import numpy


def open_sparse_opt(model, inputs, threads, options):
    import ctypes

    sys.path.insert(0, options["model_class"])
    from main import TYPES, Input, Model, Output

    opened = Model(os.path.abspath(model), threads)
    arrays = [numpy.ascontiguousarray(inputs[info.name.decode()]) for info in opened.inputs]
    given = (Input * len(arrays))(*[
        Input(array.ctypes.data, info.type, array.ndim, array.ctypes.shape_as(ctypes.c_int64))
        for info, array in zip(opened.inputs, arrays)])
    results = (Output * len(opened.outputs))()

    # As with the others: no copy of the inputs or outputs in Python.
    def run():
        assert opened.library.sopt_run(opened.context, given, len(given), results, len(results)) == 0
        return [numpy.frombuffer((ctypes.c_char * result.bytes).from_address(result.data), TYPES[result.type])
                .reshape(result.shape[:result.rank]) for result in results]

    return run


def open_onnxruntime(model, inputs, threads, options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def open_openvino(model, inputs, threads, options):
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": options.get("precision", "f32")})
    request = compiled.create_infer_request()
    # Shared memory: no copy of the inputs or outputs in Python.
    return lambda: list(request.infer(inputs, share_inputs=True, share_outputs=True).values())


def open_deepsparse(model, inputs, threads, options):
    import deepsparse

    arrays = list(inputs.values())
    engine = deepsparse.compile_model(model, batch_size=arrays[0].shape[0], num_cores=threads)
    return lambda: engine.run(arrays)


def open_iree(model, inputs, threads, options):
    import iree.runtime

    # Its task system makes one worker for each core it may use.
    os.sched_setaffinity(0, range(threads))
    config = iree.runtime.Config("local-task")
    context = iree.runtime.SystemContext(config=config)
    context.add_vm_module(iree.runtime.VmModule.mmap(config.vm_instance, model))
    (function,) = [context.modules.module[name] for name in context.modules.module.vm_module.function_names
                   if "$async" not in name and not name.startswith("__")]
    arguments = [iree.runtime.asdevicearray(config.device, array) for array in inputs.values()]

    def run():
        results = function(*arguments)
        return [result.to_host() for result in (results if isinstance(results, (list, tuple)) else [results])]

    return run


def main():
    engine, model, file, threads = sys.argv[1:5]
    options = dict(option.split("=", 1) for option in sys.argv[5:])
    inputs = dict(numpy.load(file))
    answers = os.dup(1)
    os.dup2(2, 1)  # what engines print is not an answer
    answers = os.fdopen(answers, "w")
    run = globals()[f"open_{engine}"](model, inputs, int(threads), options)
    outputs = run()
    numpy.savez(os.path.join(os.path.dirname(file), f"{engine}.npz"), *[numpy.asarray(output) for output in outputs])
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps(times), file=answers, flush=True)


main()
