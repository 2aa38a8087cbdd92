"""Training on several replicas: only its losses and weights are watched; the origin is sought on one replica."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from whynan.case.nouns import Evidence, Symptom
from whynan.record import session as sessions
from whynan.record.session import Finding
from whynan.record.sources import user_span

LOOK_EVERY = 16
replicas = 0  # of the strategy that `on_one_replica` stood in for


class ReplicaWatch:
    """Counts the steps of one model on several replicas, and looks at its loss now and then."""

    def __init__(self) -> None:
        self.step = 0
        self.done = False

    def stepped(self, session: sessions.Session, model: Any, loss: float | None, frame: Any) -> None:
        """A call of the train function has ended; `loss` is None where it is not time to look."""
        self.step += 1
        session.trained = True
        session.steps += 1
        if loss is not None and not self.done and not np.isfinite(loss):
            self.found(session, loss, frame)

    def look(self, session: sessions.Session, model: Any, frame: Any) -> None:
        """The end of an epoch: a silent failure shows in the weights only."""
        if not self.done and not all(np.isfinite(np.asarray(v)).all() for v in model.trainable_variables):
            self.found(session, float("nan"), frame, what="weight")

    def found(self, session: sessions.Session, value: float, frame: Any, what: Any = "loss") -> None:
        """Report the failure; its step is the one at which it was seen."""
        self.done = True
        evidence = Evidence(Symptom(what, value, step=max(self.step - 1, 0)), reproduced="not reproduced")
        evidence.fit_span = user_span(frame)
        evidence.notes.append(
            "trained on several replicas: the failure was looked for every few steps, not at each one"
        )
        session.found(Finding(evidence))


def _in_parts(dataset: Any, parts: int, rows: int) -> Any:
    """The parts of each batch one after the other; of a short batch the last ones are empty, as replicas get them."""

    def cut(*batch: Any) -> Any:
        def part(i: Any) -> Any:
            return tf.nest.map_structure(lambda t: t[i * rows : (i + 1) * rows], batch if len(batch) > 1 else batch[0])

        return tf.data.Dataset.range(parts).map(part)

    return dataset.flat_map(cut)


def on_one_replica(*, split: bool) -> None:
    """Strategies of several replicas become one of a single device, for a script that is about to start.

    With `split`, a distributed dataset gives the parts of a batch that the replicas would have got one after the
    other, so that a failure of one replica's part shows.
    """

    class OneReplica(tf.distribute.OneDeviceStrategy):
        """A class, for libraries ask whether a strategy is an instance of the ones that it stands for."""

        def __init__(self, devices: Any = None, *args: Any, **kwargs: Any) -> None:
            super().__init__("/cpu:0")
            known = devices if isinstance(devices, (list, tuple)) else tf.config.list_logical_devices()
            global replicas
            replicas = self.parts = max(1, len(known))

        def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
            if split:
                size = next((s.shape[0] for s in tf.nest.flatten(next(iter(dataset))) if s.shape.rank), self.parts)
                dataset = _in_parts(dataset, self.parts, -(-size // self.parts))
            return super().experimental_distribute_dataset(dataset, options)

    for name in ("MirroredStrategy", "MultiWorkerMirroredStrategy"):
        setattr(tf.distribute, name, OneReplica)
