"""`whynan run`: run a script, stop it at the first harmful non-finite value, and say why."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from whynan.case.nouns import Report
from whynan.commands._answer import answer, locate, pick
from whynan.commands._output import check_writable, chosen_format, exit_code, stdout_for_data, write
from whynan.commands._rows import dataset_rows, rows_of_elements
from whynan.commands._verify import Progress, Trials
from whynan.record import script
from whynan.record import session as sessions
from whynan.record.births import Tracer
from whynan.record.script import Ending, Target
from whynan.record.session import Session, Settings
from whynan.record.sources import raised_at
from whynan.replay.rerun import Request, Result, Zygote


class Run:
    """One run of a target: the session, the hook on imports, and the process for trials."""

    def __init__(self, target: Target, settings: Settings, *, trials: bool = True) -> None:
        self.target = target
        self.settings = settings
        self.folder = os.getcwd()
        self.session: Session = sessions.start(settings)
        self.zygote = Zygote(self.perform, self.prepare) if trials else None
        self.hook: Any = None
        self.random: Any = None

    def ready(self) -> None:
        """TensorFlow or Keras was imported: fork the process for trials, then hook."""
        try:
            if self.zygote is not None and self.zygote.socket is None and "tensorflow" in sys.modules:
                self.zygote.start()
            self.install()
        except Exception as error:
            self.session.guard(error, "hook TensorFlow")

    def install(self) -> None:
        """Hook the framework in this process."""
        if "tensorflow" in sys.modules:
            from whynan.backends import tensorflow

            tensorflow.install(self.session)

    def execute(self) -> Ending:
        """Run the script here."""
        import random

        from whynan.backends import ImportHook

        self.random = random.getstate()
        self.modules = set(sys.modules)
        self.hook = ImportHook(self.ready)
        sys.meta_path.insert(0, self.hook)
        if "tensorflow" in sys.modules:
            self.ready()  # imported before whynan was: nothing will announce it
        try:
            return self.finish(script.run(self.target, self.session))
        finally:
            with contextlib.suppress(ValueError):
                sys.meta_path.remove(self.hook)
            with contextlib.suppress(OSError):
                os.chdir(self.folder)  # the paths that the user gave are meant from here

    def finish(self, ending: Ending) -> Ending:
        """A last look, where it was not whynan that stopped the script after one."""
        if "tensorflow" in sys.modules and not (ending.stopped and self.session.stopping):
            from whynan.backends import tensorflow

            try:
                tensorflow.finish(self.session)
            except sessions.StopRun:
                return Ending(ending.code, True, ending.error)
            except Exception as error:
                self.session.guard(error, "look at the last steps")
        return ending

    def prepare(self) -> None:
        """Load what all trials need, once."""
        from whynan.backends import tensorflow

        tensorflow.load()

    def perform(self, request: Request) -> Result:
        """A trial, in a fork: the script from its start, with other text for some files."""
        import random

        from whynan.record.sources import is_user_file

        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            users = isinstance(file, str) and is_user_file(os.path.abspath(file))
            # a package that imports the framework itself
            halfway = getattr(getattr(module, "__spec__", None), "_initializing", False)
            if name not in self.modules and (users or halfway):
                del sys.modules[name]
        random.setstate(self.random)
        settings = Settings(trial_steps=request.steps, trial_enough=request.enough, trial_seconds=request.seconds)
        if request.resume:
            from whynan.backends.tensorflow import resume

            settings.resume = resume.load(request.resume)
        session = self.session = sessions.start(settings)
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self.hook)
        self.zygote = None
        self.install()
        if request.one_replica:
            from whynan.backends.tensorflow import distribute

            distribute.on_one_replica(split=request.one_replica == "split")
        if request.eager_functions:
            from whynan.backends.tensorflow import eagerly

            eagerly.begin()
        if request.compiled and "keras" in sys.modules:
            from whynan.backends.tensorflow import compiled

            compiled.install(sys.modules["keras"])
        tracer = _births(request) if request.births else None
        if tracer is not None:
            tracer.away = lambda: session.replaying
            tracer.warnings = session.events
            settings.known = lambda arrays: session.steps >= request.skip and any(map(tracer.of, arrays))
        try:
            ending = self.finish(script.run(self.target, session, request.overlay))
        finally:
            if tracer is not None:
                tracer.stop()
        finding = pick(session)
        losses = session.losses[request.skip if len(session.losses) == session.steps else 0 :]
        stride = max(1, len(losses) // 400)
        result: Result = {
            "status": "nonfinite"
            if finding is not None
            else "script_failed"
            if ending.error is not None
            else "healthy",
            "steps": session.steps,
            "losses": [v for v in losses[::stride] if v == v and abs(v) != float("inf")] + losses[-1:],
            "first": losses[: sessions.FIRST] if len(session.losses) == session.steps else [],
            "finished": not ending.stopped,
            "error": f"{type(ending.error).__name__}: {ending.error}" if ending.error is not None else "",
        }
        if settings.resume is not None and not session.resumed:
            result["status"] = "crashed"
            result["error"] = session.notes[-1] if session.notes else "training did not come to where the trial begins"
        if tracer is not None:
            x, y = session.arrays[-1] if session.arrays else (None, None)
            last = tracer.raised if ending.error is not None else ()
            found = {"x": tracer.of(x), "y": tracer.of(y), "used": tracer.stopped or last}
            found["delivered"] = tracer.delivered[0] if tracer.delivered else ()
            every = tuple(dict.fromkeys(b for births in tracer.births.values() for b in births))
            shown = tuple(b for b in every if any(o.operands for o in b.operations))
            found["only"] = every if len(every) == 1 else shown if len({b.span.line for b in shown}) == 1 else ()
            found["warned"] = tuple(tracer.warned) if len(tracer.warned) == 1 else ()
            if ending.stopped and not session.stopping:
                found["only"] = found["used"] = ()  # its time ran out before the data were bad
            with contextlib.suppress(Exception):
                result["rows"] = rows_of_elements(tracer.elements, session)
            result["births"] = {role: [msgspec.to_builtins(b) for b in births] for role, births in found.items()}
        if request.one_replica:
            result["replicas"] = distribute.replicas
        if ending.error is not None and (span := raised_at(ending.error)) is not None:
            result["error_span"] = msgspec.to_builtins(span)
        if finding is not None:
            step = finding.evidence.symptom.step
            result["step"] = finding.evidence.steps_before + step if step is not None else None
            with contextlib.suppress(Exception):
                evidence = locate(finding)
                with contextlib.suppress(Exception):
                    dataset_rows(finding, session)
                origin = evidence.origin
                if request.investigate:
                    result["evidence"] = msgspec.to_builtins(evidence)
                result["line"] = origin.line if origin is not None else None
                result["op"] = origin.op if origin is not None else None
        return result


def _births(request: Request) -> Tracer:
    """A running tracer of where data go bad."""
    from whynan.backends.tensorflow import pipelines

    tracer = Tracer(pipelines.read, seconds=request.seconds)
    pipelines.follow(tracer)
    tracer.start()
    return tracer


class _Trying:
    """Runs trials until they are interrupted: what is known by then is answered all the same."""

    def __init__(self, zygote: Zygote, session: Session) -> None:
        self.zygote, self.session = zygote, session
        self.interrupted = False

    def run(self, requests: list[Request]) -> list[Result]:
        """As `Zygote.run`; nothing more is tried after Ctrl-C."""
        if not self.interrupted:
            try:
                return self.zygote.run(requests)
            except KeyboardInterrupt:
                self.interrupted = True
                self.session.note("interrupted: not all remedies were tried")
        return [{"status": "crashed", "error": "interrupted"} for _ in requests]


def environment() -> dict[str, Any]:
    """Versions and settings that matter."""
    found: dict[str, Any] = {"python": platform.python_version(), "platform": platform.platform()}
    if "tensorflow" in sys.modules:
        from whynan.backends import tensorflow

        found.update(tensorflow.versions())
    from whynan import __version__

    found["whynan"] = __version__
    return found


def run_target(
    target: Target, settings: Settings, *, trials: bool = True, progress: Progress | None = None
) -> tuple[Report, Ending]:
    """Run and answer."""
    run = Run(target, settings, trials=trials)
    started = time.perf_counter()
    ending = run.execute()
    seconds = time.perf_counter() - started
    if "tensorflow" in sys.modules:
        from whynan.backends.tensorflow import tracer

        tracer.stop()
    sources = script.user_sources()
    session = run.session
    if ending.error is not None and not ending.interrupted:
        script.show_traceback(ending.error)
    if ending.error is not None or ending.code:
        session.stuck = None  # training did not come to its end
    plan = None
    if run.zygote is not None and run.zygote.socket is not None and not ending.interrupted:
        left = max(1.0, settings.budget - session.failed_seconds)
        plan = Trials(_Trying(run.zygote, session).run, Request, seconds=left, progress=progress or Progress())
    try:
        report = answer(session, plan, sources)
    finally:
        if run.zygote is not None:
            run.zygote.stop()
        sessions.end()
    _judge_ending(report, ending, session)
    add_facts(report, session, ["whynan", "run", target.name, *target.args], seconds)
    return report, ending


def add_facts(report: Report, session: Session, command: list[str] | None, seconds: float) -> None:
    """What was run, and on what."""
    report.run = {
        "command": command,
        "steps": session.steps,
        "seconds": round(seconds, 3),
        "backend": "tensorflow" if "tensorflow" in sys.modules else None,
        "xla": report.evidence.model.jit_compile if report.evidence else None,
        "policy": report.evidence.model.policy if report.evidence else None,
    }
    report.environment = environment()


def _judge_ending(report: Report, ending: Ending, session: Session) -> None:
    """What the way in which the script ended means for the answer."""
    if report.status not in ("healthy", "side_nonfinite"):
        return
    if ending.interrupted and session.replaying:
        report.status = "inconclusive"
        report.notes.append("interrupted while the failing step was replayed")
    elif ending.interrupted:
        report.notes.append("interrupted: training was watched up to there")
    elif ending.error is not None or ending.code:
        report.status = "script_failed"
        if ending.error is None:
            report.notes.append(f"the script ended with exit code {ending.code}")
    if note := _missing(ending.error):
        report.notes.append(note)
    elif "tensorflow" not in sys.modules:
        report.notes.append("TensorFlow was never imported: there was nothing to watch")


def _missing(error: BaseException | None) -> str | None:
    """One line where the script failed because its framework is not there."""
    names = {"tensorflow": "TensorFlow", "keras": "Keras"}
    root = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if root not in names:
        return None
    return f"{names[root]} is not installed for {sys.executable}: run whynan with the Python that has it"


@click.command(
    "run",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help="Run SCRIPT, stop it at the first harmful non-finite value, and say why.",
)
@click.option("-m", "module", metavar="MODULE", help="Run a module instead of a script.")
@click.option("-c", "code", metavar="CODE", help="Run code instead of a script.")
@click.option("--json", "json_path", metavar="PATH", help="Write the report as JSON (- for stdout).")
@click.option("-o", "--output", "output", metavar="PATH", help="Write the report in the format of the suffix.")
@click.option("--output-format", metavar="F", help="html, json, sarif, github, junit or markdown.")
@click.option("--case", "case_path", metavar="PATH", help="Where the case goes.")
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing case.")
@click.option("--budget", type=float, default=60.0, show_default=True, metavar="SECONDS")
@click.option("--no-trials", is_flag=True, help="Do not try remedies.")
@click.option("--strict", is_flag=True, help="unstable and side_nonfinite also exit 1.")
@click.option("--keep-going", is_flag=True, help="Let the script continue after a failure.")
@click.option("-q", "--quiet", is_flag=True)
@click.option("-v", "--verbose", count=True)
@click.argument("target", nargs=-1, type=click.UNPROCESSED)
def command(
    module: str | None, code: str | None, json_path: str | None, output: str | None, output_format: str | None,
    case_path: str | None, force: bool, budget: float, no_trials: bool, strict: bool, keep_going: bool, quiet: bool,
    verbose: int, target: tuple[str, ...],
) -> None:  # fmt: skip
    """Run, answer, save the case, and exit with the documented code."""
    from whynan.report.terminal import print_report, stderr_console

    what = _target(module, code, target)
    outputs = _outputs(json_path, output, output_format)
    _check_case(case_path, force)
    console = stderr_console()
    diverted = stdout_for_data() if any(path == "-" for path, _ in outputs) else contextlib.nullcontext()
    try:
        with diverted, _shown(console, quiet, keep_going) as progress:
            settings = Settings(keep_going=keep_going, budget=budget)
            if not keep_going:  # else the script goes on, and the terminal is its own
                settings.progress = progress.say
            report, ending = run_target(what, settings, trials=not no_trials, progress=progress)
    except KeyboardInterrupt:
        click.echo("whynan: interrupted during the diagnosis", err=True)
        sys.exit(130)
    if report.status in ("nonfinite", "inconclusive", "unstable"):
        _save(report, what, case_path, force)
    if not quiet:
        print_report(report, console, verbose=verbose > 0)
    for path, kind in outputs:
        write(report, path, kind)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(130 if ending.interrupted and report.status != "nonfinite" else exit_code(report, strict=strict))


def _outputs(json_path: str | None, output: str | None, output_format: str | None) -> list[tuple[str, str]]:
    """The paths to write with their formats, each checked before the script runs."""
    outputs = [(json_path, "json")] if json_path else []
    if chosen := chosen_format(output, output_format):
        outputs.append((output or "-", chosen))
    for path, _ in outputs:
        if path != "-":
            check_writable(path)
    return outputs


def _check_case(path: str | None, force: bool) -> None:
    if path is None:
        return
    if os.path.exists(path) and not force:
        raise click.UsageError(f"the case {path} exists already: give another --case, or -f to overwrite it")
    check_writable(path)


@contextlib.contextmanager
def _shown(console: Any, quiet: bool, keep_going: bool) -> Iterator[Progress]:
    """Progress on a terminal, and none elsewhere."""
    if quiet or not console.is_terminal:
        yield Progress()
        return
    from whynan.commands._progress import Bar

    bar = Bar(console)
    try:
        yield bar.progress
    finally:
        bar.close()


def _target(module: str | None, code: str | None, rest: tuple[str, ...]) -> Target:
    if module is not None:
        return Target("module", module, rest)
    if code is not None:
        return Target("code", code, rest)
    if not rest:
        raise click.UsageError("no script given: whynan run train.py")
    name = rest[0]
    if not os.path.exists(name):
        raise click.UsageError(f"there is no script {name}")
    try:
        with warnings.catch_warnings(action="ignore"):  # they are shown when the script is run
            compile(Path(name).read_bytes(), name, "exec")
    except OSError as error:
        raise click.UsageError(f"cannot read the script {name}: {error.strerror or error}") from None
    except SyntaxError as error:
        script.show_traceback(error)
        raise click.UsageError(f"{name} has a syntax error in line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        raise click.UsageError(f"{name} is not a Python script: {error}") from None
    return Target("script", name, rest[1:])


def _save(report: Report, target: Target, path: str | None, force: bool) -> None:
    """Leave the case where it was asked for, else here, else where temporary files go: it is not lost."""
    from whynan.case.archive import CaseError, save_case

    for wanted in [path or _case_name(target, report, ""), _case_name(target, report, tempfile.gettempdir())]:
        try:
            save_case(wanted, report, force=force and wanted == path)
        except (CaseError, OSError) as error:
            click.echo(f"whynan: the case could not be saved: {error}", err=True)
        else:
            report.case = wanted
            return


def _case_name(target: Target, report: Report, folder: str) -> str:
    stem = Path(target.name).stem if target.kind == "script" else target.name if target.kind == "module" else "code"
    step = report.symptom.step if report.symptom and report.symptom.step is not None else 0
    base = os.path.join(folder, f"{stem}-{step}")
    for i in range(1, 1000):
        path = f"{base}.whynan" if i == 1 else f"{base}-{i}.whynan"
        if not os.path.exists(path):
            return path
    return f"{base}.whynan"
