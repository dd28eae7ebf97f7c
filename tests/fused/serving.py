"""Runs modules of this folder on request, one after the other in one process: each alone would import Keras for seconds.

Started in the environment of a worker; `[MODULE, FOLDER]` a line as JSON on standard input, an answer a line on standard
output: the traceback, or nothing.
"""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import redirect_stdout
from importlib import import_module

import fused.quiet  # noqa: F401  (first)


def main():
    for line in sys.stdin:
        module, folder = json.loads(line)
        error = ""
        with redirect_stdout(sys.stderr):
            try:
                import_module(module).main(folder)
            except Exception:
                error = traceback.format_exc()
        sys.stdout.write(json.dumps(error) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
