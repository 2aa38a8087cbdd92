"""How often the answer is right, over the scripts of tests/ that carry an expectation.

    python benchmarks/accuracy.py [--trials] [SCRIPT...]

TensorFlow is imported once; each script runs under whynan in a fork. A failing script names its cause, phase and
guilty line in a comment (`# whynan: slug phase=... also=...`); a near miss or healthy script has to stay silent.
Every script that is not answered as expected is printed, then a table of counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
MARK = re.compile(r"# whynan: (\S+)(.*)")
SILENT = ("healthy", "side_nonfinite", "unstable")
LIMIT_S = 150


def expectation(script: Path) -> tuple[str, int, dict[str, str]]:
    """Slug (or status), line and further words of a script's comment."""
    for number, line in enumerate(script.read_text().splitlines(), 1):
        if found := MARK.search(line):
            words = dict(word.split("=", 1) for word in found[2].split() if "=" in word)
            return found[1], number, words
    raise SystemExit(f"{script} has no expectation")


def in_fork(work: Callable[[], Any], *, seconds: int = LIMIT_S) -> Any:
    """What `work` gives, run in a fork of this process without output; None where it did not come to its end."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        pid = os.fork()
        if pid == 0:
            try:
                null = os.open(os.devnull, os.O_RDWR)
                for descriptor in (0, 1, 2):
                    os.dup2(null, descriptor)
                signal.alarm(seconds)
                Path(out.name).write_text(json.dumps(work()))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        text = Path(out.name).read_text()
    return json.loads(text) if text else None


def answer(script: Path, *, trials: bool) -> dict[str, Any]:
    """The report of a script."""

    def work() -> Any:
        os.chdir(script.parent)
        from whynan.commands.run import run_target
        from whynan.record.script import Target
        from whynan.record.session import Settings
        from whynan.report import render

        report, _ = run_target(Target("script", script.name), Settings(budget=60), trials=trials)
        return json.loads(render(report, "json"))

    nothing = {"status": "no report", "causes": [], "origin": None, "remedies": []}
    return dict(in_fork(work) or nothing)


def holds(script: Path, patch: str) -> str:
    """Apply a patch to a copy of the script and run the copy as plain Python: `""` where it ends and all is finite."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / script.name
        copy.write_text(script.read_text())
        applied = subprocess.run(["git", "apply", "-"], cwd=folder, input=patch.encode(), capture_output=True)
        if applied.returncode:
            return "git apply: " + applied.stderr.decode().strip()[:100]

        def work() -> str:
            os.chdir(folder)
            sys.path.insert(0, folder)
            sys.argv = [script.name]
            return _unhealthy(runpy.run_path(str(copy), run_name="__main__"))

        said = in_fork(work)
        return "the patched copy does not run to its end" if said is None else str(said)


def _unhealthy(names: dict[str, Any]) -> str:
    """The first thing among a script's globals that is not finite, or a history whose loss rose."""
    import keras
    import numpy as np
    import tensorflow as tf

    for name, value in names.items():
        if isinstance(value, keras.callbacks.History):
            losses = value.history.get("loss", [])
            if not np.isfinite(losses).all():
                return f"{name}: losses {losses}"
            if len(losses) > 2 and min(losses[1:]) > losses[0]:
                return f"{name}: the loss never falls: {losses[0]:.4g} .. {losses[-1]:.4g}"
        weights = getattr(value, "weights", None) if isinstance(value, keras.layers.Layer) else None
        variables = [value] if isinstance(value, tf.Variable) else list(weights or [])
        for variable in variables:
            array = np.asarray(variable)
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                return f"{name}: {variable.name} is not finite"
        numbers = [value] if isinstance(value, tf.Tensor) and value.shape.rank == 0 else value
        curve = isinstance(numbers, list) and numbers and all(isinstance(v, (float, tf.Tensor)) for v in numbers)
        if curve and not np.isfinite(np.asarray(numbers[-1], "float64")).all():  # the loss, or the losses so far
            return f"{name} ends at {numbers[-1]}"
    return ""


def judge(script: Path, report: dict[str, Any], counts: Counter[str], *, trials: bool) -> list[str]:
    """What is wrong with a report; counts what is right."""
    slug, line, words = expectation(script)
    if slug in SILENT:
        counts["silent scripts"] += 1
        first = [cause["slug"] for cause in report["causes"][:1]]
        right = report["status"] == slug and ("cause" not in words or first == [words["cause"]])
        counts["silent"] += right
        return [] if right else [f"said {report['status']}: {first}"]
    counts["failing scripts"] += 1
    origin = report["origin"] or {}
    slugs = [cause["slug"] for cause in report["causes"]]
    accepted = {slug, *words.get("also", "").split(",")}
    checks = {
        "seen": report["status"] == "nonfinite",
        "cause first": bool(slugs) and slugs[0] in accepted,
        "cause in the first three": bool(accepted & set(slugs[:3])),
        "line": origin.get("line") == line,
        "phase": origin.get("phase") in words.get("phase", "").split("|"),
    }
    if "rows" in words:  # of the arrays given to fit, else of the batch
        rows = origin.get("rows") or {}
        named = set(rows.get("dataset") or rows.get("batch") or [])
        expected = {int(r) for r in words["rows"].split(",")}
        counts["scripts with rows"] += 1
        checks["rows"] = bool(named) and named <= expected
    if "replica" in words:
        checks["replica"] = any(f"failed on replica {words['replica']} of" in note for note in report["notes"])
    if trials:
        cured = [r for r in report["remedies"] if r["outcome"] == "cured"]
        patch = next((r["patch"] for r in cured if r["patch"]), None)
        said = holds(script, patch) if patch else "no cured patch"
        checks["cured"] = bool(cured)
        checks["patch holds"] = not said
    for name, right in checks.items():
        counts[name] += right
    seen = f"{slugs[:1]} line {origin.get('line')} (expected {line}) phase {origin.get('phase')}"
    if trials and said:
        seen += (
            f"; {said}; {[(r['slug'], r['outcome'], (r['trial'] or {}).get('note')) for r in report['remedies'][:4]]}"
        )
    return [f"not {name}: {seen}" for name, right in checks.items() if not right][:1]


def serve() -> None:
    """Answer script after script: a path on a line of stdin, its report and what is wrong with it on one of stdout."""
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    for line in sys.stdin:
        script = Path(line.strip())
        report = answer(script, trials=True)
        print(json.dumps({"report": report, "wrong": judge(script, report, Counter(), trials=False)}), flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", action="store_true")
    parser.add_argument("--serve", action="store_true", help="answer the scripts named on stdin; for the tests")
    parser.add_argument("scripts", nargs="*", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if given.serve:
        serve()
        return
    folders = ("diagnoses", "ways", "field", "healthy")
    scripts = given.scripts or sorted(p for f in folders for p in (HERE / "tests" / f).rglob("*.py"))
    scripts = [s.resolve() for s in scripts if MARK.search(s.read_text())]
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    counts: Counter[str] = Counter()
    for script in scripts:
        for trouble in judge(script, answer(script, trials=given.trials), counts, trials=given.trials):
            print(f"{script.relative_to(HERE) if script.is_relative_to(HERE) else script}: {trouble}", flush=True)
    for name, count in counts.items():
        kind = {"silent": "silent scripts", "rows": "scripts with rows", "scripts with rows": "scripts with rows"}
        whole = counts[kind.get(name.split(" scripts")[0], "failing scripts")]
        print(f"{name:26} {count:4} of {whole}")


if __name__ == "__main__":
    sys.exit(main())
