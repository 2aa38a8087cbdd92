"""Small sources with evidence, and what a remedy writes for them."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path
from typing import Any

from whynan.case.nouns import ArrayFacts, Cause, Evidence, Origin, Symptom
from whynan.remedies import remedies
from whynan.remedies._patch import unified

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\n"


def evidence_of(source: str, at: str = "", data: tuple[ArrayFacts, ...] = (), **model: Any) -> Evidence:
    """Evidence on a source whose origin is the expression `at`."""
    text = HEAD + textwrap.dedent(source)
    origin = None
    if at:
        line, row = next((i, t) for i, t in enumerate(text.split("\n"), 1) if at in t)
        column = row.index(at)
        op = "Log" if "log" in at else "RealDiv"
        origin = Origin("loss", op, file="train.py", line=line, columns=(column, column + len(at)))
    evidence = Evidence(Symptom("loss", float("nan")), origin=origin, sources={"train.py": text}, data=list(data))
    for key, value in model.items():
        setattr(evidence.model, key, value)
    return evidence


def patched(slug: str, evidence: Evidence, folder: Path) -> list[str]:
    """The new sources, each of which git applies as a diff."""
    texts = []
    for patch in remedies()[slug].patches(evidence, Cause("x", "numerical", 0.5, "")):
        (folder / "train.py").write_text(evidence.sources["train.py"])
        diff = unified(evidence.sources, patch).encode()
        subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, check=True)
        texts.append(patch.sources["train.py"])
        compile(texts[-1], "train.py", "exec")
        assert (folder / "train.py").read_text() == texts[-1]
    return texts
