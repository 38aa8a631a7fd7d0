"""Runs a command, and writes its peak memory (KiB), that of its own children included, to a file.

Small on purpose: a child begins with the peak of who starts it.
"""

import os
import sys

if __name__ == "__main__":
    child = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
    _, status, used = os.wait4(child, 0)
    with open(sys.argv[1], "w") as file:
        file.write(str(used.ru_maxrss))
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
