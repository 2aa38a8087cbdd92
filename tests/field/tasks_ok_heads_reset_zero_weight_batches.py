# Continual learning: frozen trunk, the head is reset for each task (loss jumps up on purpose), samples of old tasks have
# weight 0, so that complete batches contribute exactly nothing.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(88)


class HeadReset(keras.callbacks.Callback):
    def __init__(self, head, every):
        super().__init__()
        self.head, self.every = head, every

    def on_epoch_begin(self, epoch, logs=None):
        if epoch and epoch % self.every == 0:
            kernel, bias = self.head.get_weights()
            self.head.set_weights([np.zeros_like(kernel), np.zeros_like(bias)])
            print("head reset to zero")


def task(k, n, rng):
    x = rng.normal(size=(n, 8)).astype("float32")
    return x, (x[:, k] + x[:, (k + 1) % 8] > 0).astype("int64")


rng = np.random.default_rng(88)
xs, ys = zip(*[task(k, 96, rng) for k in range(3)])
x, y = np.concatenate(xs), np.concatenate(ys)
task_id = np.repeat(np.arange(3), 96)

inp = keras.Input((8,))
trunk = keras.Sequential([layers.Dense(48, activation="relu"), layers.BatchNormalization()], name="trunk")
head = layers.Dense(2, name="head")
model = keras.Model(inp, head(trunk(inp)))
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

model.compile(keras.optimizers.SGD(0.1), loss=loss)
model.fit(xs[0], ys[0], batch_size=32, epochs=3, verbose=0)

trunk.trainable = False
trunk_before = [w.copy() for w in trunk.get_weights()]
seen = {"loss": []}
for current in range(3):
    weight = (task_id == current).astype("float32")            # 6 of 9 batches are all zero
    model.compile(keras.optimizers.SGD(0.1), loss=loss, weighted_metrics=["accuracy"])
    h = model.fit(x, y, sample_weight=weight, batch_size=32, shuffle=False, epochs=6, verbose=0,
                  callbacks=[HeadReset(head, every=3)])
    seen["loss"] += h.history["loss"]
    print("task", current, h.history.get("accuracy"))
    head.set_weights([0.01 * rng.normal(size=w.shape) for w in head.get_weights()])
assert all((a == b).all() for a, b in zip(trunk_before, trunk.get_weights()))
print(np.round(seen["loss"], 3))
# whynan: healthy
