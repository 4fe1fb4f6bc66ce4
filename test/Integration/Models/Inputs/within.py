"""Runs a command within limits of processor time and memory.

usage: within.py <seconds> <megabytes> <command...>

Processor time rather than time, which depends on what else the machine does; on
an idle machine a command takes no longer than its processor time.
"""
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[3:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(f"{seconds:.1f} s of processor time, {megabytes:.0f} MB")
sys.exit(status or seconds > float(sys.argv[1]) or megabytes > float(sys.argv[2]))
