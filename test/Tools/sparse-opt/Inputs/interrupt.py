#!/usr/bin/env python3
"""Runs a command whose metric-command is this file, which interrupts it.

interrupt.py <call> <times> <output> <command>...: at its call of that number the
metric sends SIGINT so many times. Prints how the command ended, and of what it
said the lines about that.
"""
import os
import signal
import subprocess
import sys


def is_pending(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        masks = [line.split()[1] for line in file if line.startswith(("ShdPnd", "SigPnd"))]
    return any(int(mask, 16) >> (signal.SIGINT - 1) & 1 for mask in masks)


def measure():
    """A number that falls from call to call: the dense model is best."""
    with open(os.environ["CALLS"], "a+", encoding="utf-8") as file:
        file.write("x")
        file.flush()
        file.seek(0)
        calls = len(file.read())
    if calls == int(os.environ["CALL"]):
        for _ in range(int(os.environ["TIMES"])):
            os.kill(os.getppid(), signal.SIGINT)
            # Two that are pending would be one.
            while os.path.exists(f"/proc/{os.getppid()}") and is_pending(os.getppid()):
                pass
    print(f"the {calls}th model\n{1 / calls}")


def drive(call, times, output, command):
    calls = f"{output}.calls"
    for path in (output, calls):
        if os.path.exists(path):
            os.remove(path)
    ended = subprocess.run(command, env={**os.environ, "CALLS": calls, "CALL": call, "TIMES": times}, text=True,
                           stderr=subprocess.PIPE, check=False,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    print("\n".join(line for line in ended.stderr.splitlines() if "interrupted" in line or "metric-command" in line))
    with open(calls, encoding="utf-8") as file:
        print(f"status {ended.returncode}, calls {len(file.read())}, output {os.path.exists(output)}")


if len(sys.argv) == 2:
    measure()
else:
    drive(*sys.argv[1:4], sys.argv[4:])
