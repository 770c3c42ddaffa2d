# SPDX-License-Identifier: MIT
"""Drives the program `sello` as people use it: drive.py <program> [offline|online|stored|postgres...]"""

import shutil
import sys
import traceback

import program

names = sys.argv[2:] or ["offline", "online", "stored"]
failed = ran = 0
try:
    for name in names:
        if name == "postgres":
            import stored
            tests = stored.POSTGRES
        else:
            tests = __import__(name).ALL
        for test in tests:
            ran += 1
            print(f"{name}: {test.__name__.replace('_', ' ')}", flush=True)
            try:
                test()
            except Exception:
                failed += 1
                traceback.print_exc()
finally:
    shutil.rmtree(program.FOLDER, ignore_errors=True)
print(f"{ran} tests, {failed} failed; the program ran {program.runs} times, and no output had a secret")
sys.exit(1 if failed else 0)
