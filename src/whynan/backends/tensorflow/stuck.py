"""Training that stays finite but gets nowhere: whether, at its end, it gives reason to look for a cause.

It is a suspicion only, from the losses and the range of the data: a trial, or its last step, has to confirm it.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.facts import array_facts, loss_name, model_facts, training
from whynan.case.nouns import Evidence, Span, StepFacts, Symptom, Trace
from whynan.record.session import FIRST, Session, Stuck

if TYPE_CHECKING:
    from whynan.backends.tensorflow.steps import StepRecorder

LARGE = 1e3  # data of this size, unscaled, keep the usual initial weights and rates from learning
FLAT = 0.7  # the loss kept this share of its first value: it barely fell
DIVERGED = 1e3  # the loss grew by this factor
MIN_EPOCHS = 5
LEAST_EPOCHS = 3  # where the untrained model was better all along
WORSE = 1.3  # the loss of each epoch was so many times that of the untrained model
MIN_STEPS = 60
FEW_STEPS = 12  # are enough where the loss grew a million times, or twenty times (in each epoch) without ever falling
FAR, CLIMBED = 1e6, 20.0
LARGE_LOSS = 10.0
ROUNDING = 1e-5  # epochs whose batches are shuffled differ by so little
IDLE = 0.98  # the loss kept this share of its first value: it did not fall
IDLE_LOOP = 0.5  # the same for single batches, whose losses differ by chance
MOVED = 0.1  # no more than this share of the weights ended as they began: they are trained
UNMOVED = 0.9  # this share of the weights ended as they began


def suspect(
    model: Any,
    losses: list[float],
    arrays: list[tuple[str, Any]],
    steps: int,
    span: Span | None,
    initial: Mapping[int, Any],
    began: float | None,
    again: Callable[[], Iterator[Trace]],
    *,
    named: bool,
) -> Stuck | None:
    """A fit that got nowhere, by the losses of its epochs; None for a fit like any other.

    It is suspect where its loss grew, or is far above that of the untrained model (`began`), or barely fell while the
    data are large, or a cross-entropy fell below 0. Or weights are there to be trained, and the loss was the same number
    in every epoch, or it did not fall while nearly all of them stayed as they were (`initial` holds what each variable
    began with, by its id), or while a decay or a rate of the optimizer is beyond all use. A number that is not `named` a
    loss may be anything: then only the steps themselves can tell, run again.
    """
    if len(losses) < LEAST_EPOCHS or not all(math.isfinite(v) for v in losses):
        return None
    loss, known = loss_name(getattr(model, "loss", None)), model_facts(None, optimizer=training(model))
    worse = began is not None and 0 < began * WORSE < min(losses) and steps >= MIN_STEPS
    climbs = steps >= FEW_STEPS and all(0 < CLIMBED * a < b for a, b in itertools.pairwise(losses))
    if len(losses) < MIN_EPOCHS and not worse and not climbs:
        return None
    first, last = abs(losses[0]), losses[-1]
    diverged = abs(last) > DIVERGED * max(first, 1e-6)
    facts = [f for name, value in arrays if (f := array_facts(f"fit {name}", value, "dataset")) is not None]
    large = [f for f in facts if "float" in f.dtype and max(abs(f.low or 0.0), abs(f.high or 0.0)) >= LARGE]
    flat = losses[0] > 0 and last > FLAT * losses[0] and large
    below = last < 0 and "entropy" in (loss or "")
    moves = bool(model.trainable_variables) and known.learning_rate != 0
    nothing = not model.trainable_variables and max(losses) - min(losses) <= ROUNDING * abs(losses[0])
    same = (moves and len(set(losses)) == 1) or nothing  # to the last bit
    still = same and losses[0] != 0 and steps >= MIN_STEPS
    idle = losses[0] != 0 and last > IDLE * losses[0] and steps >= MIN_STEPS and moves
    unmoved = state.unmoved(state.unique(model.trainable_variables), initial) if idle else float(still and nothing)
    still = still and (nothing or unmoved > MOVED)  # a loss that is divided by itself says nothing of what is learned
    harsh = idle and known.harsh_settings()
    suspect = named and (bool(diverged or flat or below or still or worse or harsh) or unmoved >= UNMOVED)
    if not (suspect or idle):
        return None
    evidence = Evidence(symptom=Symptom("loss", last, step=max(steps - 1, 0)))
    evidence.data = facts
    evidence.model = model_facts(model, dict(initial))
    evidence.fit_span = span
    evidence.steps_run = steps
    evidence.unmoved = unmoved if unmoved >= UNMOVED else 0.0
    per_epoch = max(1, steps // len(losses))
    evidence.trajectory = [StepFacts(0, began)] if worse else []
    evidence.trajectory += [StepFacts((i + 1) * per_epoch - 1, v) for i, v in enumerate(losses)]
    return Stuck(evidence, suspect, again)


def suspect_loop(
    course: list[tuple[int, float]],
    last: list[float],
    steps: int,
    way: str,
    span: Span | None,
    again: Callable[[], Iterator[Trace]],
    *,
    still: bool,
) -> Stuck | None:
    """A loop of the user's own that got nowhere, by the losses of some steps from the first on, and by its last losses.

    It is suspect where they grew far, or did not fall while all trained weights stood `still`.
    """
    first = [loss for n, loss in course if n <= steps // 10][:FIRST]
    first = first if len(first) > 2 else [loss for _, loss in course[:3]]
    if len(last) < 4 or not first or not all(map(math.isfinite, [*first, *last])):
        return None
    began, ended = abs(first[0]), statistics.median(map(abs, last))
    climbs = all(a < b for a, b in itertools.pairwise(last)) and last[-1] > CLIMBED * max(began, 1.0)
    if steps < (FEW_STEPS if climbs or ended > FAR * max(began, 1.0) else MIN_STEPS):
        return None
    idle = min(*first, *last) > 0 and ended > IDLE_LOOP * statistics.median(first)
    suspect = (idle and still) or (ended >= LARGE_LOSS and ended >= DIVERGED * max(began, 1e-6))
    if not (suspect or idle):
        return None
    evidence = Evidence(symptom=Symptom("loss", ended, step=steps - 1))
    evidence.way, evidence.fit_span, evidence.steps_run = way, span, steps
    evidence.unmoved = float(idle and still)
    evidence.trajectory = [StepFacts(n, v) for n, v in course if n < steps - len(last)]
    evidence.trajectory += [StepFacts(steps - len(last) + i, v) for i, v in enumerate(last)]
    return Stuck(evidence, suspect, again)


def suspect_steps(session: Session, steps: StepRecorder, again: Callable[[], Iterator[Trace]]) -> None:
    """Remember a loop over recorded steps that got nowhere."""
    course = steps.course or steps.logged
    trained = [v for v in state.unique(steps.weights()) if v.trainable]
    still = bool(trained) and state.unmoved(trained, steps.initial) == 1
    stuck = suspect_loop(course, steps.latest(), steps.step, steps.way, steps.span, again, still=still)
    if stuck is not None and steps.model is not None:
        stuck.suspect = stuck.suspect or _guesses_worse(steps.model, stuck)
        if stuck.suspect:
            stuck.evidence.model = model_facts(steps.model, dict(steps.initial))
    if session.stuck is None or not session.stuck.suspect:  # of several loops, the one that most speaks against
        session.stuck = stuck or session.stuck


def _guesses_worse(model: Any, stuck: Stuck) -> bool:
    """Whether training ended far worse than untrained, at a rate that alone may do that.

    Of a loss other than of a classifier a little more is asked: what a value function is compared with grows as it learns.
    """
    loss = loss_name(getattr(model, "loss", None)) or ""
    began, ended = stuck.evidence.trajectory[0].loss or 0.0, stuck.evidence.symptom.value
    harsh = model_facts(None, optimizer=training(model)).harsh_settings()
    return ended > (2 if "entropy" in loss.lower() else 5) * began > 0 and "learning_rate" in harsh
