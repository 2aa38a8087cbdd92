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
import signal
import sys
import tempfile
from collections import Counter
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


def answer(script: Path, *, trials: bool) -> dict[str, Any]:
    """The report of a script, from a fork of this process."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        pid = os.fork()
        if pid == 0:
            try:
                null = os.open(os.devnull, os.O_RDWR)
                for descriptor in (0, 1, 2):
                    os.dup2(null, descriptor)
                signal.alarm(LIMIT_S)
                os.chdir(script.parent)
                from whynan.commands.run import run_target
                from whynan.record.script import Target
                from whynan.record.session import Settings
                from whynan.report import render

                report, _ = run_target(Target("script", str(script)), Settings(budget=60), trials=trials)
                Path(out.name).write_text(render(report, "json"))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        text = Path(out.name).read_text()
    return json.loads(text) if text else {"status": "no report", "causes": [], "origin": None, "remedies": []}


def judge(script: Path, report: dict[str, Any], counts: Counter[str], *, trials: bool) -> list[str]:
    """What is wrong with a report; counts what is right."""
    slug, line, words = expectation(script)
    if slug in SILENT:
        counts["silent scripts"] += 1
        right = report["status"] == slug
        counts["silent"] += right
        return [] if right else [f"said {report['status']}"]
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
    if trials:
        checks["cured"] = any(remedy["outcome"] == "cured" for remedy in report["remedies"])
    for name, right in checks.items():
        counts[name] += right
    said = f"{slugs[:1]} line {origin.get('line')} (expected {line}) phase {origin.get('phase')}"
    return [f"not {name}: {said}" for name, right in checks.items() if not right][:1]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", action="store_true")
    parser.add_argument("scripts", nargs="*", type=Path)
    given = parser.parse_args()
    folders = ("diagnoses", "ways", "healthy")
    scripts = given.scripts or sorted(p for f in folders for p in (HERE / "tests" / f).rglob("*.py"))
    scripts = [s.resolve() for s in scripts if MARK.search(s.read_text())]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    counts: Counter[str] = Counter()
    for script in scripts:
        for trouble in judge(script, answer(script, trials=given.trials), counts, trials=given.trials):
            print(f"{script.relative_to(HERE) if script.is_relative_to(HERE) else script}: {trouble}", flush=True)
    for name, count in counts.items():
        whole = counts["silent scripts" if name.startswith("silent") else "failing scripts"]
        print(f"{name:26} {count:4} of {whole}")


if __name__ == "__main__":
    sys.exit(main())
