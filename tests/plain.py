"""Run scripts as plain Python, without whynan, from one import of TensorFlow.

    python tests/plain.py SCRIPT...

Each script runs in a forked child, in its own folder, and its exit code, time and last lines are printed. It is how
the scripts of this folder are shown to fail (or to stay healthy) by themselves.
"""

import os
import runpy
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

LIMIT_S = 90


def run_plain(script: str) -> tuple[int, float, str]:
    """Run `script` in a forked child and give its exit code, seconds and output (stdout and stderr together)."""
    path = Path(script).resolve()
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
                signal.alarm(LIMIT_S)
                os.chdir(path.parent)
                sys.path.insert(0, str(path.parent))
                sys.argv = [str(path)]
                runpy.run_path(str(path), run_name="__main__")
                code = 0
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        return os.waitstatus_to_exitcode(status), seconds, out.read().decode(errors="replace")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    for name in sys.argv[1:]:
        code, seconds, text = run_plain(name)
        tail = "\n    ".join(text.strip().splitlines()[-6:])
        print(f"{name}: exit {code}, {seconds:.1f} s\n    {tail}", flush=True)
