"""`whynan run` where something is wrong or unusual: a clear line, the right exit code, nothing of the user's changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import whynan as package

OWN = str(Path(package.__file__).parent)  # a traceback that names it shows frames of whynan's own
NO_TENSORFLOW = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def whynan(*args, stdin="", **extra):
    command = [sys.executable, "-m", "whynan", "run", *args]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False, **extra)


def plain(*args, stdin=""):
    return subprocess.run([sys.executable, *args], input=stdin, capture_output=True, text=True, timeout=60, check=False)


def script(text, name="train.py"):
    Path(name).write_text(text)
    return name


def test_a_missing_script(folder):
    done = whynan("missing.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no script missing.py" in done.stderr


def test_a_folder_as_script(folder):
    done = whynan(".")
    assert done.returncode == 2
    assert "cannot read the script .: Is a directory" in done.stderr


def test_a_syntax_error_is_shown_with_its_place(folder):
    done = whynan(script("print('begins')\ndef f(:\n    pass\n"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "train.py has a syntax error in line 2" in done.stderr
    assert "    def f(:\n          ^" in done.stderr
    assert OWN not in done.stderr


def test_warnings_of_the_compiler_are_shown_once(folder):
    done = whynan(script("pattern = '\\d'\n"))
    assert done.stderr.count("SyntaxWarning") + done.stderr.count("DeprecationWarning") <= 1
    assert done.returncode == 0


def test_no_tensorflow(folder):
    (folder / "sitecustomize.py").write_text(NO_TENSORFLOW)
    name = script("import tensorflow as tf\n")
    done = whynan(name, env={"PYTHONPATH": f"{folder}:{':'.join(sys.path)}"})
    assert done.returncode == 2
    assert "Traceback (most recent call last):" in done.stderr
    assert "ModuleNotFoundError: No module named 'tensorflow'" in done.stderr
    assert "TensorFlow is not installed for" in done.stderr
    assert OWN not in done.stderr


def test_a_script_without_tensorflow(folder):
    done = whynan(script("print('done')"))
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "never imported" in done.stderr


def test_the_own_traceback_is_whole_and_unchanged(folder):
    name = str(
        folder
        / script("def f():\n    raise ValueError('own')\n\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    f()\n")
    )
    done = whynan("-q", name)
    assert done.returncode == 2
    assert done.stderr == plain(name).stderr


@pytest.mark.parametrize(("code", "expected"), [("3", 2), ("0", 0), ("None", 0), ("'a reason'", 2), ("[1]", 2)])
def test_sys_exit(folder, code, expected):
    name = script(f"import sys\nsys.exit({code})\n")
    done = whynan(name)
    assert done.returncode == expected
    assert done.stderr.startswith(plain(name).stderr)
    assert ("failed by itself" in done.stderr) == (expected == 2)


def test_os_exit_ends_at_once_with_its_code(folder):
    done = whynan(script("import os\nprint('out', flush=True)\nos._exit(4)\n"))
    assert (done.returncode, done.stdout, done.stderr) == (4, "out\n", "")


def test_arguments_and_stdin_are_the_scripts(folder):
    name = script(
        "import argparse, sys\n"
        "parser = argparse.ArgumentParser()\n"
        "for option in ('--epochs', '--json', '--case', '-o', '-c', '-m'): parser.add_argument(option)\n"
        "parser.add_argument('-q', action='store_true')\n"
        "parser.add_argument('rest', nargs='*')\n"
        "print(sys.argv, parser.parse_args(), sys.stdin.read(), __name__, __file__)\n"
    )
    args = [name, "--epochs", "3", "--json", "x", "--case=y", "-o", "z", "-q", "-c", "1", "-m", "2", "--", "a", "-b"]
    done = whynan("-q", *args, stdin="typed")
    assert done.returncode == 0, done.stderr
    assert done.stdout == plain(*args, stdin="typed").stdout
    assert sorted(path.name for path in folder.iterdir()) == [name]


def test_wrong_arguments_of_the_script(folder):
    name = script("import argparse\nargparse.ArgumentParser().parse_args()\n")
    done = whynan(name, "--epochs", "3")
    assert done.returncode == 2
    assert "usage: train.py [-h]\ntrain.py: error: unrecognized arguments: --epochs 3" in done.stderr


def test_a_module_with_relative_imports(folder):
    (folder / "package").mkdir()
    (folder / "package/__init__.py").touch()
    (folder / "package/part.py").write_text("name = 'part'\n")
    (folder / "package/__main__.py").write_text(
        "import sys\nfrom .part import name\nprint(name, sys.argv, __name__, __package__)\n"
    )
    args = ["-m", "package", "--epochs", "3"]
    done = whynan("-q", *args)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == plain(*args).stdout


def test_a_missing_module(folder):
    done = whynan("-m", "nowhere")
    assert done.returncode == 2
    assert "No module named nowhere" in done.stderr
    assert "frozen" not in done.stderr


def test_code(folder):
    done = whynan("-q", "-c", "import sys; print(sys.argv, __name__)", "-a", "b")
    assert (done.returncode, done.stdout) == (0, "['-c', '-a', 'b'] __main__\n")
    assert whynan("-c", "x = (").returncode == 2


def test_child_processes(folder):
    name = script(
        "import multiprocessing, os\n"
        "def square(x): return x * x\n"
        "if __name__ == '__main__':\n"
        "    for method in ('fork', 'spawn'):\n"
        "        with multiprocessing.get_context(method).Pool(1) as pool: print(pool.map(square, [2, 3]))\n"
    )
    done = whynan("-q", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[4, 9]\n[4, 9]\n", "")


def test_paths_are_meant_from_where_whynan_was_started(folder):
    name = script("import os\nos.mkdir('elsewhere')\nos.chdir('elsewhere')\n")
    assert whynan("--json", "report.json", name).returncode == 0
    assert json.loads((folder / "report.json").read_text())["status"] == "healthy"
    assert not list((folder / "elsewhere").iterdir())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--output-format", "pdf"], "no report format 'pdf'"),
        (["-o", "out.pdf"], "sarif"),
        (["-o", "nowhere/out.html"], "its folder does not exist"),
        (["--json", "."], "it is a folder"),
        (["--case", "nowhere/a.whynan"], "its folder does not exist"),
        (["--case", "/proc/a.whynan"], "cannot write /proc/a.whynan"),
        (["--case", "kept.whynan"], "exists already"),
        (["--budget", "long"], "not a valid float"),
    ],
)
def test_wrong_options_are_refused_before_the_script_runs(folder, options, words):
    (folder / "kept.whynan").write_text("mine")
    done = whynan(*options, script("print('ran')"))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert (folder / "kept.whynan").read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["kept.whynan", "train.py"]


@pytest.mark.parametrize(
    "options", [["--json", "-"], ["--output-format", "json"], ["-o", "-", "--output-format", "json"]]
)
def test_data_on_stdout_stand_alone_there(folder, options):
    done = whynan(*options, script("import os\nprint('by Python')\nos.system('echo by a child')\n"))
    assert json.loads(done.stdout)["status"] == "healthy"
    assert "by Python" in done.stderr
    assert "by a child" in done.stderr
    assert not done.stdout.endswith("\n\n")
