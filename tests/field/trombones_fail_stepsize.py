"""Which mouthpiece is on the trombone?  Small spectral feature set, full batch.

The second head (player) is trained from the second phase on, the first phase
gives it no weight.  Full batch, so we use Barzilai-Borwein step sizes, one per
weight tensor, after the usual short formula  s's / |s'y|.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)


class BarzilaiBorwein(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.05, longest=0.5, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.longest = longest

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.last_w, self.last_g = self.add_optimizer_variables(variables, ["last_w", "last_g"])

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        start = ops.cast(learning_rate, variable.dtype)
        s = ops.subtract(variable, self.last_w[i])
        y = ops.subtract(gradient, self.last_g[i])
        length = ops.sum(s * s) / ops.abs(ops.sum(s * y))  # whynan: divide_by_zero phase=update
        length = ops.where(length > self.longest, self.longest, length)
        rate = ops.where(ops.equal(self.iterations, 0), start, length)
        self.assign(self.last_w[i], ops.convert_to_tensor(variable))
        self.assign(self.last_g[i], gradient)
        self.assign_sub(variable, rate * gradient)

    def get_config(self):
        return {**super().get_config(), "longest": self.longest}


def recordings(n=480, n_partials=18):
    rng = np.random.default_rng(8)
    mouthpiece = rng.integers(0, 4, n)
    player = rng.integers(0, 6, n)
    roll_off = np.array([0.20, 0.26, 0.32, 0.38])[mouthpiece]
    brightness = np.linspace(-0.04, 0.04, 6)[player]
    k = np.arange(n_partials)
    level = -np.outer(roll_off + brightness, k) + rng.normal(0, 0.25, (n, n_partials))
    level = (level - level.mean(0)) / level.std(0)
    return level.astype("float32"), mouthpiece, player


x, mouthpiece, player = recordings()

inp = keras.Input((x.shape[1],), name="partials")
h = layers.Dense(24, activation="tanh", name="shared")(inp)
m_out = layers.Dense(4, name="mouthpiece")(h)
p_out = layers.Dense(6, name="player")(layers.Dense(12, activation="tanh", name="player_hidden")(h))
model = keras.Model(inp, {"mouthpiece": m_out, "player": p_out})

targets = {"mouthpiece": mouthpiece, "player": player}


def phase(player_weight, epochs):
    model.compile(
        optimizer=BarzilaiBorwein(0.05),
        loss={
            "mouthpiece": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "player": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"mouthpiece": 1.0, "player": player_weight},
        metrics={"mouthpiece": ["accuracy"], "player": ["accuracy"]},
    )
    return model.fit(x, targets, batch_size=len(x), epochs=epochs, shuffle=False, verbose=0).history


for weight, epochs in [(0.0, 40), (0.3, 40)]:
    hist = phase(weight, epochs)
    print(f"player weight {weight}: loss {hist['loss'][0]:.3f} -> {hist['loss'][-1]:.3f}")
    print("   mouthpiece accuracy", round(hist["mouthpiece_accuracy"][-1], 3))
    print("   player accuracy    ", round(hist["player_accuracy"][-1], 3))
