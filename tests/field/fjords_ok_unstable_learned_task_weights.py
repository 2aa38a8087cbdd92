"""Temperature, salinity and oxygen at 50 m depth from surface buoys, one network with three heads. I let the optimizer
find the weights of the three tasks. The loss looks wonderful, it drops below zero after a few epochs and then goes
down faster and faster, but the predictions become worse from epoch to epoch.
"""
import keras
import numpy as np
from keras import layers, ops

TASKS = ("temperature", "salinity", "oxygen")


class FjordNet(keras.Model):
    def __init__(self, width=32, **kwargs):
        super().__init__(**kwargs)
        self.trunk = keras.Sequential(
            [
                layers.Dense(width, activation="relu"),
                layers.Dense(width, activation="relu"),
            ]
        )
        self.heads = [layers.Dense(1, name=task) for task in TASKS]
        self.task_weights = self.add_weight(shape=(len(TASKS),), initializer="ones", name="task_weights")

    def call(self, inputs):
        shared = self.trunk(inputs)
        return ops.concatenate([head(shared) for head in self.heads], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        per_task = ops.mean(ops.square(y - y_pred), axis=0)
        return ops.sum(self.task_weights * per_task)


class ShowWeights(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        weights = self.model.task_weights.numpy()
        shares = ", ".join(f"{task} {w:+.2f}" for task, w in zip(TASKS, weights))
        print(f"epoch {epoch + 1:2d}  loss {logs['loss']:12.3f}  mae {logs['mae']:10.3f}  ({shares})")


def buoys(n=1200, seed=71):
    rng = np.random.default_rng(seed)
    surface = rng.normal(size=(n, 10))
    mixing = rng.normal(size=(10, 3)) / np.sqrt(10.0)
    depth = np.tanh(surface @ mixing) * np.array([1.0, 1.4, 0.8])
    depth += 0.2 * rng.normal(size=depth.shape)
    depth = (depth - depth.mean(axis=0)) / depth.std(axis=0)
    return surface.astype("float32"), depth.astype("float32")


if __name__ == "__main__":
    keras.utils.set_random_seed(71)
    surface, depth = buoys()
    net = FjordNet()
    net.compile(optimizer=keras.optimizers.Adam(0.01), metrics=["mae"])
    net.fit(surface, depth, batch_size=32, epochs=10, verbose=0, callbacks=[ShowWeights()])  # whynan: unstable
    print("first predictions:")
    print(np.round(net.predict(surface[:3], verbose=0), 2))
