"""Runs whynan on scripts that fail or only look sick, one forked process a script, from one import of TensorFlow."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MARK = re.compile(r"# whynan: (\S+)")

ANSWERED = [
    "diagnoses/log_of_zero/fail_class_frequency.py",
    "diagnoses/log_of_zero/fail_entropy_bonus.py",
    "diagnoses/clip_misuse/fail_angle_between_unit_vectors.py",
    "diagnoses/clip_misuse/fail_focal_upper_bound.py",
    "diagnoses/divide_by_zero/fail_own_mape.py",
    "diagnoses/where_gradient_trap/fail_masked_division.py",
]
SILENT = [
    "healthy/ok_causal_mask.py",
    "diagnoses/clip_misuse/ok_clip_1e7.py",
    "diagnoses/where_gradient_trap/ok_double_where.py",
    "diagnoses/sqrt_of_negative/ok_relu_plus_eps.py",
]


def expected(script: Path) -> tuple[str, int]:
    for number, line in enumerate(script.read_text().splitlines(), 1):
        if found := MARK.search(line):
            return found[1], number
    raise AssertionError(f"{script} has no expectation")


def run(script: Path, tmp_path: Path) -> tuple[int, dict]:
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "whynan", "run", "--no-trials", "-q", "--json", str(report),
         "--case", str(tmp_path / "case.whynan"), str(script)],
        capture_output=True, text=True, timeout=120, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}, check=False,
    )  # fmt: skip
    assert report.exists(), done.stderr[-2000:]
    return done.returncode, json.loads(report.read_text())


@pytest.mark.parametrize("name", ANSWERED)
def test_names_the_cause_and_the_line(name: str, tmp_path: Path) -> None:
    script = HERE / name
    slug, line = expected(script)
    code, report = run(script, tmp_path)
    assert code == 1
    assert report["status"] == "nonfinite"
    assert report["causes"][0]["slug"] == slug
    assert report["origin"]["line"] == line


@pytest.mark.parametrize("name", SILENT)
def test_stays_silent(name: str, tmp_path: Path) -> None:
    code, report = run(HERE / name, tmp_path)
    assert code == 0
    assert report["status"] == "healthy"
