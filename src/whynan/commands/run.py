"""`whynan run`: run a script, stop it at the first harmful non-finite value, and say why."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

import click
import msgspec

from whynan.case.nouns import Report
from whynan.commands._answer import Progress, Trials, answer, locate, pick
from whynan.record import script
from whynan.record import session as sessions
from whynan.record.births import Tracer
from whynan.record.script import Ending, Target
from whynan.record.session import Session, Settings
from whynan.replay.rerun import Request, Result, Zygote


class Run:
    """One run of a target: the session, the hook on imports, and the process for trials."""

    def __init__(self, target: Target, settings: Settings, *, trials: bool = True) -> None:
        self.target = target
        self.settings = settings
        self.session: Session = sessions.start(settings)
        self.zygote = Zygote(self.perform) if trials else None
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

    def finish(self, ending: Ending) -> Ending:
        """A last look when the script ended by itself."""
        if "tensorflow" in sys.modules and not ending.stopped:
            from whynan.backends import tensorflow

            try:
                tensorflow.finish(self.session)
            except sessions.StopRun:
                return Ending(ending.code, True, ending.error)
        return ending

    def perform(self, request: Request) -> Result:
        """A trial, in a fork: the script from its start, with other text for some files."""
        import random

        from whynan.record.sources import is_user_file

        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name not in self.modules and isinstance(file, str) and is_user_file(os.path.abspath(file)):
                del sys.modules[name]
        random.setstate(self.random)
        settings = Settings(trial_steps=request.steps, trial_seconds=request.seconds)
        session = self.session = sessions.start(settings)
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self.hook)
        self.zygote = None
        self.install()
        if request.eager_functions:
            sys.modules["tensorflow"].config.run_functions_eagerly(True)
        tracer = _births(request) if request.births else None
        try:
            ending = self.finish(script.run(self.target, session, request.overlay))
        finally:
            if tracer is not None:
                tracer.stop()
        finding = pick(session)
        losses = session.losses
        stride = max(1, len(losses) // 400)
        result: Result = {
            "status": "nonfinite"
            if finding is not None
            else "script_failed"
            if ending.error is not None
            else "healthy",
            "steps": session.steps,
            "losses": [v for v in losses[::stride] if v == v and abs(v) != float("inf")] + losses[-1:],
            "finished": not ending.stopped,
            "error": f"{type(ending.error).__name__}: {ending.error}" if ending.error is not None else "",
        }
        if tracer is not None:
            x, y = session.arrays[-1] if session.arrays else (None, None)
            found = {"x": tracer.of(x), "y": tracer.of(y), "used": tracer.stopped}
            found["delivered"] = tracer.delivered[0] if tracer.delivered else ()
            result["births"] = {role: [msgspec.to_builtins(b) for b in births] for role, births in found.items()}
        if finding is not None:
            result["step"] = finding.evidence.symptom.step
            with contextlib.suppress(Exception):
                evidence = locate(finding)
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
    plan = None
    if trials and run.zygote is not None and run.zygote.socket is not None and not ending.interrupted:
        left = max(1.0, settings.budget - session.failed_seconds)
        plan = Trials(run.zygote.run, Request, seconds=left, progress=progress or Progress())
    try:
        report = answer(session, plan, sources)
    finally:
        if run.zygote is not None:
            run.zygote.stop()
        sessions.end()
    if report.status in ("healthy", "side_nonfinite") and ending.error is not None:
        report.status = "script_failed"
    report.run = {
        "command": ["whynan", "run", target.name, *target.args],
        "steps": session.steps,
        "seconds": round(seconds, 3),
        "backend": "tensorflow" if "tensorflow" in sys.modules else None,
        "xla": report.evidence.model.jit_compile if report.evidence else None,
        "policy": report.evidence.model.policy if report.evidence else None,
    }
    report.environment = environment()
    return report, ending


EXIT = {"healthy": 0, "nonfinite": 1, "script_failed": 2, "inconclusive": 3, "unstable": 0, "side_nonfinite": 0}


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
    from whynan.case.archive import CaseError, save_case
    from whynan.report import ReportError, format_of, render
    from whynan.report.terminal import print_report

    what = _target(module, code, target)
    try:
        chosen = output_format or (format_of(output) if output else None)
    except ReportError as error:
        raise click.UsageError(str(error)) from None
    if case_path and os.path.exists(case_path) and not force:
        raise click.UsageError(f"the case {case_path} exists already: give another --case, or -f to overwrite it")
    if case_path and not os.access(os.path.dirname(os.path.abspath(case_path)), os.W_OK):
        raise click.UsageError(f"cannot write the case to {case_path}: its folder does not exist or is not writable")
    settings = Settings(keep_going=keep_going, budget=budget)
    from whynan.report.terminal import stderr_console

    console = stderr_console()
    status = console.status("whynan: replaying and trying remedies") if not quiet and console.is_terminal else None
    progress = Progress(advance=lambda: None)
    real_stdout = os.dup(1) if json_path == "-" else None
    if real_stdout is not None:
        sys.stdout.flush()
        os.dup2(2, 1)
    if status is not None:
        settings.progress = lambda text: status.start()
    try:
        report, ending = run_target(what, settings, trials=not no_trials, progress=progress)
    except KeyboardInterrupt:
        click.echo("whynan: interrupted during diagnosis", err=True)
        sys.exit(130)
    finally:
        if status is not None:
            status.stop()
    if report.status in ("nonfinite", "inconclusive", "unstable"):
        path = case_path or _case_name(what, report)
        try:
            save_case(path, report, force=force)
            report.case = path
        except (CaseError, OSError) as error:
            click.echo(f"whynan: the case could not be saved: {error}", err=True)
    if not quiet:
        print_report(report, console, verbose=verbose > 0)
    if json_path:
        text = render(report, "json")
        if real_stdout is not None:
            sys.stdout.flush()
            os.write(real_stdout, (text + "\n").encode())
        else:
            Path(json_path).write_text(text + "\n", encoding="utf-8")
    if output and chosen:
        Path(output).write_text(render(report, chosen), encoding="utf-8")
    code_ = EXIT[report.status]
    if strict and report.status in ("unstable", "side_nonfinite"):
        code_ = 1
    if ending.interrupted and report.status == "healthy":
        code_ = 130
    if report.status == "healthy" and ending.code not in (0, 130):
        code_ = 2
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code_)


def _target(module: str | None, code: str | None, rest: tuple[str, ...]) -> Target:
    if module is not None:
        return Target("module", module, rest)
    if code is not None:
        return Target("code", code, rest)
    if not rest:
        raise click.UsageError("no script given: whynan run train.py")
    name = rest[0]
    if not os.path.isfile(name):
        raise click.UsageError(f"there is no script {name}")
    try:
        compile(Path(name).read_bytes(), name, "exec")
    except SyntaxError as error:
        script.show_traceback(error)
        raise click.UsageError(f"{name} has a syntax error in line {error.lineno}: {error.msg}") from None
    return Target("script", name, rest[1:])


def _case_name(target: Target, report: Report) -> str:
    stem = Path(target.name).stem if target.kind == "script" else target.name if target.kind == "module" else "code"
    step = report.symptom.step if report.symptom and report.symptom.step is not None else 0
    base = f"{stem}-{step}"
    for i in range(1, 1000):
        path = f"{base}.whynan" if i == 1 else f"{base}-{i}.whynan"
        if not os.path.exists(path):
            return path
    return f"{base}.whynan"
