"""Runs a command that may use no more than some memory: within.py <megabytes> <command...>"""
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{megabytes:.0f} MB")
sys.exit(status or megabytes > float(sys.argv[1]))
