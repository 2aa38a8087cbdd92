"""TensorFlow with Keras 3."""

from __future__ import annotations

import sys
from typing import Any

from whynan.record.session import Session


def load() -> None:
    """Import all that `install` needs, and hook nothing."""
    from whynan.backends.tensorflow import custom_gradients, eager, eagerly, exits, functions, legacy, tracer  # noqa: F401

    if (keras := sys.modules.get("keras")) is not None and keras.backend.backend() == "tensorflow":
        from whynan.backends.tensorflow import fit  # noqa: F401


def install(session: Session) -> None:
    """Hook TensorFlow and, where it is loaded, Keras; begin to trace. Called when their import has ended."""
    from whynan.backends.tensorflow import custom_gradients, eager, eagerly, exits, functions, legacy, tracer

    tracer.install()
    eager.install()
    exits.install(eager.follows_results, eager.on_exit)
    functions.install()
    eagerly.install()
    custom_gradients.install()
    legacy.install()
    keras: Any = sys.modules.get("keras")
    if keras is not None and keras.backend.backend() == "tensorflow":
        from whynan.backends.tensorflow import fit

        fit.install(keras)
        eager.install_optimizer()
    elif keras is not None:
        session.note(f"the {keras.backend.backend()} backend of Keras is not covered: only TensorFlow is")
    eager.begin(session)


def finish(session: Session) -> None:
    """The script has ended by itself: look once more, so that a failure in the last steps is not missed."""
    from whynan.backends.tensorflow import eager, functions, tracer

    tracer.tops.add(finish.__code__)
    functions.finish(session)
    eager.finish(session)
    if "keras" in sys.modules:
        from whynan.backends.tensorflow import fit

        fit.finish(session)


def uninstall() -> None:
    """Trace no longer, and put back all that `install` replaced."""
    from whynan.backends.tensorflow import patches, tracer

    tracer.stop()
    patches.restore()


def versions() -> dict[str, str]:
    """Versions of what is loaded."""
    found = {}
    for name in ("tensorflow", "keras", "numpy"):
        module = sys.modules.get(name)
        if module is not None:
            found[name] = str(getattr(module, "__version__", "unknown"))
    return found
