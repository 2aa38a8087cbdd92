"""Run whynan on each example and compare its exit code with the one that the example's first line names.

    python scripts/demo.py [NAME...]

A first line `# exit: 1` says that `whynan run` must end with 1. A crash of whynan itself ends with 1 too, so the status
in the JSON report must agree. Cases and reports stay in build/demo.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "build" / "demo"
LIMIT_S = 300
STATUSES = {0: {"healthy", "unstable", "side_nonfinite"}, 1: {"nonfinite"}, 2: {"script_failed"}}


def expectation(script: Path) -> tuple[int, set[str]]:
    """Read the exit code, and the statuses that go with it, that `script` announces on its first line."""
    first = script.read_text(encoding="utf-8").partition("\n")[0]
    match = re.fullmatch(r"# exit: ([012])(?: (\w+))?", first.rstrip())
    if match is None:
        raise SystemExit(
            f"{script}: the first line is {first!r}; it must be '# exit: 0', 1 or 2, and may name a status"
        )
    return int(match[1]), {match[2]} if match[2] else STATUSES[int(match[1])]


def run_example(script: Path) -> tuple[int | None, str | None]:
    """Run `whynan run` on `script` and give its exit code and reported status, None for what did not come."""
    whynan = Path(sys.executable).parent / "whynan"
    case, report = CASES / f"{script.stem}.whynan", CASES / f"{script.stem}.json"
    report.unlink(missing_ok=True)
    command = [whynan, "run", "-f", "--case", case, "--json", report, script.relative_to(ROOT)]
    try:
        code = subprocess.run(command, cwd=ROOT, timeout=LIMIT_S, check=False).returncode
    except subprocess.TimeoutExpired:
        return None, None
    try:
        return code, json.loads(report.read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, KeyError):
        return code, None


def main(names: list[str]) -> int:
    scripts = sorted((ROOT / "examples").glob("*.py"))
    unknown = set(names) - {script.stem for script in scripts}
    if unknown:
        raise SystemExit(f"no such example: {', '.join(sorted(unknown))}")
    CASES.mkdir(parents=True, exist_ok=True)
    rows, failed = [], 0
    for script in scripts:
        if names and script.stem not in names:
            continue
        expected, statuses = expectation(script)
        print(f"\n=== {script.relative_to(ROOT)}", flush=True)
        start = time.perf_counter()
        code, status = run_example(script)
        good = code == expected and status in statuses
        failed += not good
        verdict = "ok" if good else f"FAILED, expected exit {expected} and {' or '.join(sorted(statuses))}"
        said = "no answer in time" if code is None else f"exit {code}, {status or 'no report'}"
        rows.append(f"{script.stem:26} {said:24} {time.perf_counter() - start:6.1f} s  {verdict}")
    print("\n" + "\n".join(rows))
    print(f"\n{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
