"""The case on disk: one zip file `*.whynan` with the report, its evidence, the environment and the user's sources.

It holds plain JSON and text only, so that a case from a stranger can be opened without running anything.
"""

from __future__ import annotations

import io
import json
import math
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from whynan.case.nouns import Evidence, Report

# History of the format. 1: report.json, evidence.json, environment.json, sources.json (shown path -> text).
FORMAT = 1

_LARGEST = 512 * 2**20  # bytes of one member; more is no case of ours
_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_T = TypeVar("_T")


class CaseError(Exception):
    """A case that cannot be written or read; the message is one line for the user."""


def plain(value: Any) -> Any:
    """A value as JSON can hold it: NaN and infinities become the strings "nan", "inf" and "-inf"."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _revived(value: Any) -> Any:
    """The reverse of `plain` for values whose type no struct tells."""
    if isinstance(value, str):
        return _NONFINITE.get(value, value)
    if isinstance(value, dict):
        return {key: _revived(item) for key, item in value.items()}
    return [_revived(item) for item in value] if isinstance(value, list) else value


def _revive(value: Any) -> Any:
    """Turn the strings of non-finite numbers in the untyped fields of a struct back into numbers, in place."""
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            item = getattr(value, field.name)
            if "Any" in str(field.type):
                setattr(value, field.name, _revived(item))
            elif not value.__struct_config__.frozen or not isinstance(item, str):
                _revive(item)
    elif isinstance(value, list):
        for item in value:
            _revive(item)
    return value


def _text(value: Any) -> str:
    return json.dumps(plain(value), indent=1, allow_nan=False, ensure_ascii=False)


def save_case(path: str | os.PathLike[str], report: Report, *, force: bool = False) -> Path:
    """Write a report and its evidence as one file, whole or not at all; an existing one stays without `force`."""
    target = Path(path)
    evidence = report.evidence
    bare = msgspec.structs.replace(report, evidence=None)
    members = {
        "format": str(FORMAT),
        "report.json": _text(bare),
        "environment.json": _text(report.environment),
        "sources.json": _text(evidence.sources if evidence is not None else {}),
    }
    if evidence is not None:
        members["evidence.json"] = _text(msgspec.structs.replace(evidence, sources={}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text.encode("utf-8", "backslashreplace"))
    if target.exists() and not force:
        raise CaseError(f"{target} exists already: choose another name with --case, or overwrite it with -f")
    if target.is_dir():
        raise CaseError(f"{target} is a folder: a case is one file")
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
            part.write(buffer.getvalue())
        os.chmod(part.name, 0o666 & ~_umask())
        os.replace(part.name, target)
    except OSError as error:
        raise CaseError(f"cannot write the case {target}: {error.strerror or error}") from error
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_case(path: str | os.PathLike[str]) -> Report:
    """Read a case back into the report that was saved, evidence and sources included."""
    source = Path(path)
    try:
        with zipfile.ZipFile(source) as archive:
            version = _member(archive, "format").strip()
            if version != str(FORMAT):
                raise CaseError(f"{source} has case format {version!r}; this whynan reads format {FORMAT}")
            report = _struct(archive, "report.json", Report)
            if "evidence.json" in archive.namelist():
                report.evidence = _struct(archive, "evidence.json", Evidence)
                report.evidence.sources = msgspec.json.decode(_member(archive, "sources.json"), type=dict[str, str])
    except FileNotFoundError as error:
        raise CaseError(f"no such case: {source}") from error
    except IsADirectoryError as error:
        raise CaseError(f"{source} is a folder: a case is one file that `whynan run` wrote") from error
    except OSError as error:
        raise CaseError(f"cannot read the case {source}: {error.strerror or error}") from error
    except (zipfile.BadZipFile, KeyError, ValueError, msgspec.MsgspecError, NotImplementedError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise CaseError(f"{source} is not a whynan case, or is damaged: {reason}") from error
    report.case = str(source)
    return report


def _member(archive: zipfile.ZipFile, name: str) -> str:
    info = archive.getinfo(name)
    if info.file_size > _LARGEST:
        raise ValueError(f"{name} is larger than {_LARGEST >> 20} MiB")
    return archive.read(info).decode()


def _struct(archive: zipfile.ZipFile, name: str, kind: type[_T]) -> _T:
    built: _T = _revive(msgspec.convert(json.loads(_member(archive, name)), kind, strict=False))
    return built
