"""Moisture of boards in a drying kiln, mixed precision with a loss scale of our own.

Instead of trying scales until something overflows, ours is computed: the largest entry of
the scaled gradient shall always be about 1024, so nothing underflows and nothing can
overflow.  Errors inside the tolerance of the pin meter (half a per cent) do not count.
It learns quickly, and once most boards are within tolerance the loss becomes nan.
A rate ten times smaller gets there too, only later.
"""
import keras
import numpy as np
import tensorflow as tf

keras.config.set_dtype_policy("mixed_float16")
keras.utils.set_random_seed(40)

TOLERANCE = 0.5
BATCH = 8


class ComputedLossScale:
    def __init__(self, start=2.0**10, aim=1024.0):
        self.aim = aim
        self.scale = tf.Variable(start, trainable=False, dtype=tf.float32)

    def up(self, loss):
        return loss * self.scale

    def down(self, gradients):
        return [g / self.scale for g in gradients]

    def follow(self, gradients):
        largest = tf.reduce_max(tf.stack([tf.reduce_max(tf.abs(g)) for g in gradients]))
        self.scale.assign(self.aim / largest)  # whynan: loss_scale phase=loss|gradient|update also=divide_by_zero


def boards(n=640, seed=77):
    rng = np.random.default_rng(seed)
    thickness = rng.choice([27.0, 38.0, 50.0], n)
    density = rng.normal(460.0, 40.0, n)
    hours = rng.uniform(60.0, 140.0, n)
    dry_bulb = rng.normal(68.0, 3.0, n)
    depression = rng.normal(14.0, 2.5, n)
    sapwood = rng.random(n)
    moisture = (12.0 + 0.05 * (thickness - 38.0) + 0.006 * (density - 460.0) - 0.022 * (hours - 100.0)
                - 0.08 * (dry_bulb - 68.0) - 0.15 * (depression - 14.0) + 0.6 * (sapwood - 0.5))
    moisture += rng.normal(0.0, 0.08, n)
    columns = [thickness, density, hours, dry_bulb, depression, sapwood]
    x = np.stack([(c - c.mean()) / c.std() for c in columns], axis=1)
    return x.astype("float32"), (moisture - 12.0).astype("float32")[:, None]


def beyond_tolerance(target, predicted):
    return tf.reduce_mean(tf.nn.relu(tf.abs(predicted - target) - TOLERANCE))


model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(1, dtype="float32"),
])
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(model.trainable_variables)
scaling = ComputedLossScale()


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = beyond_tolerance(y, model(x, training=True))
        scaled = scaling.up(loss)
    gradients = scaling.down(tape.gradient(scaled, model.trainable_variables))
    scaling.follow(gradients)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def main():
    x, y = boards()
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=2).batch(BATCH)
    for epoch in range(6):
        losses = [float(train_step(xb, yb)) for xb, yb in batches]
        within = np.abs(model(x).numpy() - y) < TOLERANCE
        print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}  within tolerance {within.mean():.2f}")


if __name__ == "__main__":
    main()
