"""get_scaled_loss/get_unscaled_gradients are gone in Keras 3, so I scale the loss by hand in my training loop."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)
keras.config.set_dtype_policy("mixed_float16")

LOSS_SCALE = 2.0 ** 24  # gradients underflow in fp16, so scale well up


class Mixer(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.blocks = [layers.Dense(64, activation="gelu") for _ in range(3)]
        self.norm = layers.LayerNormalization()
        self.head = layers.Dense(classes)

    def call(self, x):
        h = self.blocks[0](x)
        for blk in self.blocks[1:]:
            h = h + blk(h)
        return self.head(self.norm(h))


model = Mixer(10)
optimizer = keras.optimizers.SGD(1e-2, momentum=0.9)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = tf.cast(model(x, training=True), tf.float32)  # whynan: loss_scale phase=gradient also=float16_overflow
        loss = xent(y, logits)
        scaled_loss = loss * LOSS_SCALE
    scaled_grads = tape.gradient(scaled_loss, model.trainable_variables)
    grads = [g / LOSS_SCALE for g in scaled_grads]
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


rng = np.random.default_rng(3)
y = rng.integers(0, 10, 640)
x = (rng.normal(size=(10, 20))[y] + rng.normal(size=(640, 20))).astype("float32")
model(x[:2])
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640, seed=3).batch(32)
for epoch in range(3):
    mean = keras.metrics.Mean()
    for bx, by in ds:
        mean.update_state(train_step(bx, by))
    print(f"epoch {epoch}: {float(mean.result()):.4f}")
