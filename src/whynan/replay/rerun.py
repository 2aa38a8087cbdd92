"""Trains again from the start, with a patch: a process forked right after TensorFlow was imported runs the script.

The fork holds an imported but unused TensorFlow, so that a trial costs the script's own time only. Nothing that a
trial does may touch the user's files: it stops where the script would write below its folder or over a file.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from whynan.record.session import StopRun


@dataclass
class Request:
    """One trial: other text for some files, how many steps (`enough` where they are slow), how many seconds, whether
    functions run eagerly and on one replica, whether to locate the origin (`investigate`), to trace where data went
    bad (`births`), and to compile slow layers that the script calls eagerly (`compiled`).

    `resume` names a file with the state to begin with at the first training step; none where it begins as the script does.
    """

    overlay: Mapping[str, str] = field(default_factory=dict)
    steps: int = 50
    enough: int | None = None
    seconds: float = 20.0
    eager_functions: bool = False
    one_replica: str = ""  # "whole" batches, or batches "split" as replicas get them
    investigate: bool = False
    births: bool = False
    compiled: bool = False
    resume: str = ""
    skip: int = 0  # steps of other training before that which failed: what their losses do does not count


Result = dict[str, Any]


class Zygote:
    """The forked process that waits for requests. `perform(request)` runs in a fork of it, and returns a Result.

    `prepare` is called before the first of them, for what all trials share: to import modules, and the like.
    """

    def __init__(self, perform: Callable[[Request], Result], prepare: Callable[[], None] = lambda: None) -> None:
        self.perform, self.prepare = perform, prepare
        self.socket: socket.socket | None = None
        self.pid = 0
        self.folder = os.getcwd()

    def start(self) -> None:
        """Fork it. To be called when the framework is imported, and no thread of it runs yet."""
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                os.chdir(self.folder)  # a trial begins where the script began, wherever that has gone since
                self._serve(theirs)
            except BaseException:
                if os.environ.get("WHYNAN_DEBUG_TRIALS"):
                    traceback.print_exc()
            os._exit(0)
        theirs.close()
        self.socket, self.pid = ours, pid

    def _serve(self, sock: socket.socket) -> None:
        """Fork a child for each request; the result comes back through a file."""
        stream = sock.makefile("rw")
        children: dict[int, tuple[int, str, float]] = {}
        pending, prepared = b"", False
        sock.setblocking(False)
        while True:
            ready, _, _ = select.select([sock], [], [], 0.05 if children else None)
            if ready:
                chunk = sock.recv(1 << 20)
                if not chunk:
                    for pid in children:
                        os.kill(pid, signal.SIGKILL)
                    return
                pending += chunk
                if not prepared:
                    with contextlib.suppress(Exception):  # then each trial does it by itself
                        self.prepare()
                    gc.freeze()  # else each trial collects, and thereby copies, all that the framework holds
                    prepared = True
                while b"\n" in pending:
                    line, pending = pending.split(b"\n", 1)
                    message = json.loads(line)
                    request = Request(**message["request"])
                    handle, path = tempfile.mkstemp(prefix="whynan-")
                    os.close(handle)
                    pid = os.fork()
                    if pid == 0:
                        sock.close()
                        self._child(request, path)
                    children[pid] = (message["id"], path, time.monotonic() + request.seconds + 8.0)
            for pid, (number, path, deadline) in list(children.items()):
                done, _ = os.waitpid(pid, os.WNOHANG)
                if not done and time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    done = pid
                if done:
                    del children[pid]
                    text = ""
                    with contextlib.suppress(OSError), open(path) as file:
                        text = file.read()
                    with contextlib.suppress(OSError):
                        os.unlink(path)
                    result = json.loads(text) if text else {"status": "crashed"}
                    sock.setblocking(True)
                    stream.write(json.dumps({"id": number, "result": result}) + "\n")
                    stream.flush()
                    sock.setblocking(False)

    def _child(self, request: Request, path: str) -> None:
        try:
            debug = os.environ.get("WHYNAN_DEBUG_TRIALS")
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2)[: 1 if debug else 3]:
                os.dup2(null, descriptor)
            os.environ["MPLBACKEND"] = "Agg"
            sys.dont_write_bytecode = True

            def late(number: int, frame: Any) -> None:
                raise StopRun

            signal.signal(signal.SIGALRM, late)
            signal.setitimer(signal.ITIMER_REAL, request.seconds)
            with protected():
                result = self.perform(request)
        except BaseException as error:
            result = {"status": "crashed", "error": f"{type(error).__name__}: {error}"}
        with contextlib.suppress(BaseException):
            signal.setitimer(signal.ITIMER_REAL, 0)
            with open(path, "w") as file:
                json.dump(result, file)
        os._exit(0)

    def run(self, requests: list[Request], wait: Callable[[int, Result], None] | None = None) -> list[Result]:
        """Run requests, two at a time, and give the results in their order."""
        if self.socket is None:
            return [{"status": "crashed", "error": "no process to try in"} for _ in requests]
        results: list[Result] = [{"status": "crashed"} for _ in requests]
        stream = self.socket.makefile("r")
        sent = done = 0
        while done < len(requests):
            while sent < len(requests) and sent - done < 2:
                message = {"id": sent, "request": asdict(requests[sent])}
                self.socket.sendall(json.dumps(message).encode() + b"\n")
                sent += 1
            line = stream.readline()
            if not line:
                break
            answer = json.loads(line)
            results[answer["id"]] = answer["result"]
            done += 1
            if wait is not None:
                wait(answer["id"], answer["result"])
        return results

    def stop(self) -> None:
        """End the process, which ends its trials before itself."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                # not only closed: children of the script may hold the same socket
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.socket = None
            with contextlib.suppress(OSError):
                os.waitpid(self.pid, 0)


_ASKS = frozenset(["lscpu", "nproc", "uname", "sysctl", "ldconfig", "getconf"])


def _below(args: tuple[Any, ...]) -> Any:
    """The path of an audit event whose last argument may be a folder that the path is relative to."""
    path, folder = args[0], args[-1]
    if len(args) > 1 and isinstance(folder, int) and folder >= 0 and isinstance(path, (str, bytes)):
        with contextlib.suppress(OSError):
            return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))
    return path


def _only_asks(args: tuple[Any, ...]) -> bool:
    """Whether a program is one that only tells about the machine: libraries count its cores in this way."""
    command = args[0] if args else None
    return isinstance(command, (str, bytes)) and os.path.basename(os.fsdecode(command)) in _ASKS


_guards = 0  # how many ask for protection


@contextlib.contextmanager
def protected() -> Iterator[None]:
    """Meanwhile `StopRun` is raised where the user's files would be changed, a program started, or the network used."""
    global _guards
    if not _guards:
        _protect()
    _guards += 1
    try:
        yield
    finally:
        _guards -= 1


def _protect() -> None:
    """Hook what changes files; a hook cannot be taken away again, and only heeds that while it is asked to."""
    here = os.getcwd() + os.sep
    free = (os.path.realpath(tempfile.gettempdir()) + os.sep, tempfile.gettempdir() + os.sep, "/dev/", "/proc/")

    def allowed(path: Any) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return True
        text = os.path.abspath(os.fsdecode(path))
        if os.path.isdir(text):
            return True  # a temporary file is opened by way of its folder
        if text.startswith(free) and not here.startswith(free):
            return True
        if text.startswith(here):
            return False
        return text.startswith(free) or not os.path.exists(text)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not _guards:
            return
        if event == "open":
            path, mode, flags = args
            writes = isinstance(mode, str) and any(c in mode for c in "wax+")
            writes = writes or (mode is None and isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR)))
            if writes and not allowed(path):
                raise StopRun
        elif event in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.truncate"):
            path = _below(args)
            if (os.path.isdir(path) and not os.fsdecode(path).startswith(free)) or not allowed(path):
                raise StopRun
        elif event in ("subprocess.Popen", "os.system", "os.exec", "socket.connect") and not _only_asks(args):
            raise StopRun

    sys.addaudithook(hook)
