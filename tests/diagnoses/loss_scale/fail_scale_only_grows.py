import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(102)


class GrowingScale:
    """Doubles the loss scale every few steps."""

    def __init__(self, start=1024.0, every=2):
        self.value = tf.Variable(start, trainable=False)
        self.every = every
        self.count = 0

    def update(self):
        self.count += 1
        if self.count % self.every == 0:
            self.value.assign(self.value * 2.0)


keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(102)
x = rng.normal(size=(256, 8)).astype("float32")
y = (x[:, 0] - x[:, 1] > 0).astype("float32")[:, None]
net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1, dtype="float32")])
sgd = keras.optimizers.SGD(0.05, momentum=0.9)
scale = GrowingScale()


@tf.function
def gradients_of(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(yb, net(xb, training=True)))  # whynan: loss_scale phase=gradient also=float16_overflow
        scaled = loss * scale.value
    return loss, tape.gradient(scaled, net.trainable_variables)


for epoch in range(4):
    for i in range(0, 256, 32):
        loss, grads = gradients_of(x[i:i + 32], y[i:i + 32])
        sgd.apply_gradients([(g / scale.value, v) for g, v in zip(grads, net.trainable_variables)])
        scale.update()
    print(f"epoch {epoch} loss {float(loss):.4f} scale {float(scale.value):g}")
