"""The command line: what it prints, where, its exit codes and settings, and that it starts no framework."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from report.samples import failing, others
from whynan.case.archive import save_case
from whynan.commands import VERBS, group

CHECK = """
import sys
{code}
bad = sorted(name for name in sys.modules if name.partition(".")[0] in ("tensorflow", "keras", "jax", "torch"))
sys.exit(f"imported {{bad[:3]}}" if bad else 0)
"""
PROBE = "import types; sys.modules['tensorflow'] = types.ModuleType('tensorflow')"
LOAD = "import importlib\nfor verb in {verbs}: importlib.import_module('whynan.commands.' + verb)"
ALL = "from whynan.diagnoses import rules; rules()\nfrom whynan.report import formats, format_of; format_of('a.html')"


def imports_no_framework(code):
    return subprocess.run([sys.executable, "-c", CHECK.format(code=code)], check=False, timeout=60).returncode == 0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("STRICT", "OUTPUT_FORMAT", "QUIET"):
        monkeypatch.delenv(f"WHYNAN_{name}", raising=False)
    save_case("a.whynan", failing())
    return tmp_path


def run(*args):
    return CliRunner().invoke(group, args)


def test_no_command_but_run_imports_a_framework():
    verbs = [verb for verb in VERBS if verb != "run"]
    assert imports_no_framework(LOAD.format(verbs=verbs) + "\n" + ALL)


def test_that_check_can_fail():
    assert not imports_no_framework(PROBE)


def test_help_lists_every_verb_and_loads_none():
    code = "from whynan.commands import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert not {'rich', 'jinja2', 'tensorflow', 'whynan.commands.run'} & set(sys.modules)"
    assert imports_no_framework(code)
    assert all(verb in run("--help").stdout for verb in VERBS)


def test_explain_takes_the_latest_case_and_exits_as_run_did(folder):
    result = run("explain")
    assert result.exit_code == 1, result.output
    assert "The loss became NaN" in result.stderr
    assert result.stdout == ""


def test_explain_writes_json_to_stdout_and_nothing_else(folder):
    result = run("explain", "--json", "-", "a.whynan")
    data = json.loads(result.stdout)
    assert data["status"] == "nonfinite"
    assert data["remedies"][0]["outcome"] == "cured"


def test_report_renders_by_suffix(folder):
    assert run("report", "a.whynan", "-o", "out.html").exit_code == 0
    assert (folder / "out.html").read_text().startswith("<!doctype html>")
    assert run("report", "a.whynan", "--output-format", "sarif").stdout.startswith("{")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["explain", "none.whynan"], "no such case"),
        (["report", "a.whynan", "-o", "out.pdf"], "sarif"),
        (["report", "a.whynan", "--output-format", "pdf"], "choose one of"),
        (["rule", "log_of_zerro"], "log_of_zero"),
        (["sing"], "No such command"),
    ],
)
def test_wrong_usage_exits_2_with_a_reason(folder, args, words):
    result = run(*args)
    assert result.exit_code == 2
    assert words in result.stderr


def test_settings_of_file_variable_and_flag(folder, monkeypatch):
    save_case("side.whynan", others()[2])
    assert run("explain", "side.whynan").exit_code == 0
    (folder / "pyproject.toml").write_text("[tool.whynan]\nstrict = true\nbudget = 5\n")
    assert run("explain", "side.whynan").exit_code == 1
    monkeypatch.setenv("WHYNAN_STRICT", "0")
    assert run("explain", "side.whynan").exit_code == 0
    assert run("explain", "--strict", "side.whynan").exit_code == 1


def test_unknown_settings_are_refused(folder):
    (folder / "pyproject.toml").write_text("[tool.whynan]\nbudgett = 5\n")
    result = run("explain")
    assert (result.exit_code, "budgett" in result.stderr) == (2, True)


def test_rule_lists_and_explains():
    listing = run("rule")
    assert listing.exit_code == 0
    assert "nan_in_input" in listing.stdout
    assert "## Use instead" in run("rule", "nan_in_input").stdout
    assert {fact["slug"] for fact in json.loads(run("rule", "--all", "--output-format", "json").stdout)} > {
        "nan_in_input"
    }


def test_env_names_versions():
    assert json.loads(run("env", "--output-format", "json").stdout).keys() >= {"whynan", "python", "numpy"}
