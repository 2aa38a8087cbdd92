"""Rating curve for the sluice gates at the old mill: discharge from levels and gate opening."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(1904)


class CompactAdagrad(keras.optimizers.Optimizer):
    """Adagrad for the little controller board: same rule, half the memory for its state."""

    def __init__(self, learning_rate=0.1, epsilon=1e-6, name="compact_adagrad", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._history = [
            self.add_variable(
                shape=v.shape,
                initializer=keras.initializers.Constant(0.1),
                dtype="float16",
                name=f"history_{i}",
            )
            for i, v in enumerate(variables)
        ]

    def update_step(self, gradient, variable, learning_rate):
        past = self._history[self._get_variable_index(variable)]
        self.assign_add(past, ops.cast(ops.square(gradient), past.dtype))  # whynan: float16_optimizer_state phase=update also=float16_overflow
        denom = ops.sqrt(ops.cast(past, variable.dtype)) + self.epsilon
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * gradient / denom)


class GateLog:
    WIDTH = 3.0
    CD = 0.6

    def __init__(self, n, seed=77):
        self.rng = np.random.default_rng(seed)
        self.head = self.rng.uniform(0.5, 3.0, n)
        self.opening = self.rng.uniform(0.1, 0.8, n)
        self.tail = self.rng.uniform(0.0, 0.4, n) * self.head
        self.weed = self.rng.beta(2, 8, n)

    def discharge(self):
        drop = self.head - self.tail
        q = self.CD * self.WIDTH * self.opening * np.sqrt(19.62 * drop)
        q = q * (1 - 0.5 * self.weed)
        # the propeller meter is not very good in the wake of the gate
        return q + self.rng.normal(0, 1.2, q.shape)

    def table(self):
        x = np.stack([self.head, self.opening, self.tail, self.weed], 1)
        x = (x - x.mean(0)) / x.std(0)
        q = self.discharge()
        return x.astype("float32"), (q - q.mean()).astype("float32")[:, None]


def rating_net():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(24, activation="tanh"),
            layers.Dense(24, activation="tanh"),
            layers.Dense(1),
        ]
    )


def main():
    x, q = GateLog(3000).table()
    net = rating_net()
    net.compile(
        optimizer=CompactAdagrad(0.1),
        loss=keras.losses.MeanSquaredError(reduction="sum"),
    )
    hist = net.fit(x, q, batch_size=64, epochs=14, verbose=2)
    rmse = float(np.sqrt(np.mean((net.predict(x, verbose=0) - q) ** 2)))
    print("best batch loss", min(hist.history["loss"]), "rmse m3/s", round(rmse, 3))


if __name__ == "__main__":
    main()
