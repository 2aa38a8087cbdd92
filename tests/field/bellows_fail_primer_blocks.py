"""Fatigue life of metal bellows from geometry and load (expansion joints, company data set v3)."""
import keras
import numpy as np
from keras import layers, ops

SEED = 31
HPARAMS = {
    "width": 64,
    "blocks": 12,
    "expansion": 1,
    "optimizer": {"learning_rate": 3e-4, "clipnorm": 1.0},
    "batch_size": 64,
    "epochs": 6,
}


@keras.saving.register_keras_serializable("bellows")
def squared_swish(x):
    """Primer found the square of the ReLU to work better than GELU; this is the smooth version."""
    return ops.square(ops.silu(x))  # whynan: exploding_gradient phase=forward also=bad_initialization,unbounded_activation


@keras.saving.register_keras_serializable("bellows")
class ResidualMLP(layers.Layer):
    def __init__(self, width, expansion=1, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.expansion = expansion
        self.up = layers.Dense(width * expansion, kernel_initializer="he_normal")
        self.down = layers.Dense(width, kernel_initializer="he_normal")

    def call(self, x):
        h = squared_swish(self.up(x))
        return x + self.down(h)

    def get_config(self):
        return {**super().get_config(), "width": self.width, "expansion": self.expansion}


def load_joints(n, rng):
    convolutions = rng.integers(3, 14, n)
    inner_d = rng.uniform(40, 600, n)
    pitch = rng.uniform(8, 45, n)
    height = pitch * rng.uniform(0.8, 1.6, n)
    ply = rng.uniform(0.4, 2.0, n)
    pressure = rng.uniform(0.1, 2.5, n)
    stroke = rng.uniform(2, 40, n)
    temperature = rng.uniform(20, 520, n)
    strain = stroke / (convolutions * pitch) * ply / height
    log_cycles = 7.5 - 2.2 * np.log10(strain * 1e4) - 0.2 * pressure - temperature / 900 + rng.normal(0, 0.15, n)
    table = np.column_stack([convolutions, inner_d, pitch, height, ply, pressure, stroke, temperature])
    return table.astype("float32"), log_cycles.astype("float32")


def build_model(n_features, hp):
    inp = keras.Input((n_features,), name="geometry")
    x = layers.Dense(hp["width"], kernel_initializer="lecun_normal", name="stem")(inp)
    for i in range(hp["blocks"]):
        x = ResidualMLP(hp["width"], hp["expansion"], name=f"block_{i}")(x)
    out = layers.Dense(1, name="log_cycles")(x)
    return keras.Model(inp, out, name="bellows_life")


class KernelNormLogger(keras.callbacks.Callback):
    def __init__(self, every=2):
        super().__init__()
        self.every = every
        self.history = []

    def on_epoch_end(self, epoch, logs=None):
        norm = float(np.linalg.norm(self.model.get_layer("stem").kernel.numpy()))
        self.history.append(norm)
        if epoch % self.every == 0:
            print(f"epoch {epoch}: |stem| = {norm:.3f}, loss = {logs['loss']:.4f}")


def run():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    x, y = load_joints(1400, rng)
    x = (x - x.mean(0)) / x.std(0)
    y = (y - y.mean()) / y.std()

    model = build_model(x.shape[1], HPARAMS)
    model.compile(optimizer=keras.optimizers.Adam(**HPARAMS["optimizer"]), loss=keras.losses.Huber(), metrics=["mae"])
    watcher = KernelNormLogger()
    model.fit(
        x, y,
        validation_split=0.2,
        batch_size=HPARAMS["batch_size"],
        epochs=HPARAMS["epochs"],
        callbacks=[watcher],
        verbose=0,
    )
    return model, watcher.history


if __name__ == "__main__":
    _, norms = run()
    print("stem norms:", norms)
