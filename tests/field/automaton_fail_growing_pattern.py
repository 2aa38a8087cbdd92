"""Growing a small RGBA emblem from one living cell with a neural cellular automaton.

With 8 or 16 updates per sample it draws a blurred blob and trains. The emblem needs more time to grow, so I set
`updates` to 256: loss is nan from the very first batch. Clipping the gradient norm doesn't change that.
"""
import numpy as np
import keras
from keras import ops


class Config:
    size = 16
    channels = 12
    hidden = 32
    updates = 256
    samples = 8
    batch = 4
    epochs = 3
    rate = 1e-3
    seed = 12


# target.py -----------------------------------------------------------------
def emblem(cfg):
    """A ring with a bar, premultiplied RGBA in [0, 1]."""
    yy, xx = np.mgrid[0:cfg.size, 0:cfg.size]
    centre = (cfg.size - 1) / 2
    radius = np.hypot(yy - centre, xx - centre)
    ring = (radius > 0.22 * cfg.size) & (radius < 0.4 * cfg.size)
    bar = (np.abs(yy - centre) < 1.5) & (radius < 0.4 * cfg.size)
    picture = np.zeros((cfg.size, cfg.size, 4), "float32")
    picture[ring] = (0.8, 0.1, 0.1, 1.0)
    picture[bar] = (0.1, 0.2, 0.7, 1.0)
    return picture


def living_cell(cfg, rng, jitter=1):
    state = np.zeros((cfg.size, cfg.size, cfg.channels), "float32")
    row, col = cfg.size // 2 + rng.integers(-jitter, jitter + 1, 2)
    state[row, col, 3:] = 1.0
    return state


# automaton.py --------------------------------------------------------------
class Automaton(keras.layers.Layer):
    """The same local rule, applied many times to the grid of cell states."""

    def __init__(self, hidden, updates, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.updates = hidden, updates

    def build(self, shape):
        channels = shape[-1]
        self.sense = self.add_weight(shape=(3, 3, channels, self.hidden), initializer="he_normal", name="sense")
        self.act = self.add_weight(shape=(1, 1, self.hidden, channels), initializer="he_normal", name="act")

    def call(self, state):
        for _ in range(self.updates):
            state = state + ops.conv(ops.relu(ops.conv(state, self.sense, padding="same")), self.act, padding="same")  # whynan: exploding_gradient phase=forward also=bad_initialization
        return state

    def get_config(self):
        return {**super().get_config(), "hidden": self.hidden, "updates": self.updates}


class Visible(keras.layers.Layer):
    """RGBA part of the state."""

    def call(self, state):
        return state[..., :4]


# losses.py -----------------------------------------------------------------
class PremultipliedError(keras.losses.Loss):
    def __init__(self, alpha_weight=2.0, eps=1e-6, name="rgba"):
        super().__init__(name=name)
        self.alpha_weight, self.eps = alpha_weight, eps

    def call(self, y_true, y_pred):
        weight = np.array([1.0, 1.0, 1.0, self.alpha_weight], "float32")
        area = ops.sum(y_true[..., 3:], axis=(1, 2)) + self.eps
        error = ops.sum(weight * ops.square(y_pred - y_true), axis=(1, 2))
        return ops.sum(error / area, axis=-1)


class History(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(float(logs["loss"]))


def build(cfg):
    seed = keras.Input((cfg.size, cfg.size, cfg.channels), name="seed")
    grown = Automaton(cfg.hidden, cfg.updates, name="automaton")(seed)
    return keras.Model(seed, Visible(name="rgba")(grown))


def main(cfg=Config):
    keras.utils.set_random_seed(cfg.seed)
    rng = np.random.default_rng(cfg.seed)
    seeds = np.stack([living_cell(cfg, rng) for _ in range(cfg.samples)])
    wanted = np.repeat(emblem(cfg)[None], cfg.samples, axis=0)

    model = build(cfg)
    model.compile(optimizer=keras.optimizers.Adam(cfg.rate, clipnorm=1.0), loss=PremultipliedError())
    history = History()
    model.fit(seeds, wanted, batch_size=cfg.batch, epochs=cfg.epochs, callbacks=[history], verbose=2)
    print("per batch:", history.batches)


if __name__ == "__main__":
    main()
