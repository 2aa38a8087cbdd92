"""whynan says why a training loss is NaN, and proves a fix by replaying the training with it."""

__version__ = "0.1.0"
