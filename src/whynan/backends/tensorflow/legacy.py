"""Legacy Keras (`tf_keras`): its `fit` is watched from outside only, so that a NaN in it is at least seen and named."""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np

from whynan.backends.tensorflow import patches
from whynan.backends.tensorflow.fit import read_loss
from whynan.backends.tensorflow.steps import call_span
from whynan.case.nouns import Evidence, Symptom
from whynan.record import session as sessions
from whynan.record.session import Finding, StopRun

NOTE = (
    "fit of legacy tf_keras (TF_USE_LEGACY_KERAS) is not covered: its loss is watched, but a failure is not traced to "
    "its origin; Keras 3 and loops with GradientTape are covered"
)


def install() -> None:
    """Hook the end of each training batch, where tf_keras is loaded; once a process."""
    module: Any = sys.modules.get("tf_keras.src.callbacks")
    cls = getattr(module, "CallbackList", None)
    if cls is None or hasattr(cls.on_train_batch_end, "_whynan"):
        return
    original = cls.on_train_batch_end

    @functools.wraps(original)
    def on_train_batch_end(self: Any, batch: int, logs: Any = None) -> None:
        original(self, batch, logs)
        session = sessions.active()
        if session is not None:
            try:
                _look(session, batch, logs)
            except StopRun:
                raise
            except Exception as error:
                session.guard(error, "look at a loss of tf_keras")

    on_train_batch_end._whynan = True  # type: ignore[attr-defined]
    patches.replace(cls, "on_train_batch_end", on_train_batch_end)


def _look(session: sessions.Session, batch: int, logs: Any) -> None:
    session.note(NOTE)
    loss = read_loss(logs)
    if loss is not None and not np.isfinite(loss) and not session.findings:
        session.trained = True
        evidence = Evidence(Symptom("loss", loss, step=session.steps, batch=batch), reproduced="not reproduced")
        evidence.fit_span, evidence.steps_run = call_span(), session.steps
        session.found(Finding(evidence))
    session.stepped(loss)
