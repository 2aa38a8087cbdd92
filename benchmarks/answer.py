"""How long the answer takes: from the moment a failure is seen to the complete report, its remedies tried.

    python benchmarks/answer.py [--quick] [SCRIPT...]

TensorFlow is imported once, and each script (those of examples/ that fail, if none is given) runs under whynan in a fork.
Counted are the seconds on the clock and of the processor, the trials' processes included. The goal: less than 5 s of
the processor.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL_S = 5.0


class Clock:
    """Starts at the first sign of a failure."""

    def __init__(self) -> None:
        self.wall: float | None = None
        self.cpu = 0.0

    @staticmethod
    def used() -> float:
        """Processor seconds of this process and of its children that have ended."""
        return sum(os.times()[:4])

    def start(self, *_: Any) -> None:
        if self.wall is None:
            self.wall, self.cpu = time.perf_counter(), self.used()


def timed_answer(script: Path) -> dict[str, Any]:
    """Run a script under whynan in this process, and say what came out and how long it took."""
    from whynan.commands.run import Run, run_target
    from whynan.record.script import Target
    from whynan.record.session import Session, Settings
    from whynan.report import render

    clock = Clock()
    found, execute = Session.found, Run.execute

    def finding(self: Session, finding: Any) -> None:
        clock.start()
        found(self, finding)

    def executing(self: Run) -> Any:
        ending = execute(self)
        clock.start()  # a script that never trains is judged when it has ended
        return ending

    setattr(Session, "found", finding)  # noqa: B010
    setattr(Run, "execute", executing)  # noqa: B010
    report, _ = run_target(Target("script", str(script)), Settings(progress=clock.start))
    render(report, "json")
    assert clock.wall is not None
    cause = report.causes[0] if report.causes else None
    return {
        "status": report.status,
        "cause": cause.slug if cause else "-",
        "proven": bool(cause and cause.proven),
        "trials": sum(remedy.outcome != "not_run" for remedy in report.remedies),
        "wall": time.perf_counter() - clock.wall,
        "cpu": clock.used() - clock.cpu,
    }


def in_fork(script: Path) -> dict[str, Any] | None:
    """The answer to a script, from a fork of this process; None where it crashed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.chdir(script.parent)
            os.write(write, json.dumps(timed_answer(script)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else None


def fails(script: Path) -> bool:
    """Whether an example's first line says that whynan finds a failure in it."""
    return script.read_text(encoding="utf-8").startswith("# exit: 1")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="once each, not three times")
    parser.add_argument("scripts", nargs="*", type=Path)
    given = parser.parse_args()
    scripts = given.scripts or [s for s in sorted((ROOT / "examples").glob("*.py")) if fails(s)]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with contextlib.suppress(ImportError):
        import keras  # noqa: F401
    import tensorflow  # noqa: F401

    print(f"{'script':28} {'wall s':>7} {'cpu s':>7} {'trials':>6}  answer")
    times = []
    for script in scripts:
        answers = [a for _ in range(1 if given.quick else 3) if (a := in_fork(script.resolve())) is not None]
        if not answers:
            print(f"{script.stem:28} crashed", flush=True)
            times.append(float("inf"))
            continue
        wall, cpu = (statistics.median(a[key] for a in answers) for key in ("wall", "cpu"))
        last = answers[-1]
        times.append(cpu)
        said = f"{last['status']}: {last['cause']}{', proven' if last['proven'] else ''}"
        print(f"{script.stem:28} {wall:7.2f} {cpu:7.2f} {last['trials']:6}  {said}", flush=True)
    reached = sum(t < GOAL_S for t in times)
    print(
        f"{reached} of {len(times)} within {GOAL_S:.0f} s of the processor, the slowest {max(times, default=0):.2f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
