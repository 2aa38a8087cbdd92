# Oil palm / coconut / areca / bare soil / shrub from multispectral drone pixels.
# Own training loop in half precision, because the final model goes onto the drone's Jetson.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
keras.mixed_precision.set_global_policy("mixed_float16")

BANDS, NCLS = 12, 5


def pixels(n, seed):
    r = np.random.default_rng(seed)
    signature = np.random.default_rng(99).normal(0, 0.8, (NCLS, BANDS))
    lab = r.integers(0, NCLS, n)
    refl = signature[lab] + r.normal(0, 0.9, (n, BANDS))
    wrong = r.random(n) < 0.08          # digitised polygons are never perfect
    lab = np.where(wrong, r.integers(0, NCLS, n), lab)
    return refl.astype("float32"), lab.astype("int32")


x_tr, y_tr = pixels(3200, 1)
x_va, y_va = pixels(600, 2)

net = keras.Sequential([
    keras.Input((BANDS,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(NCLS),
])
adam = keras.optimizers.Adam(1e-3)


class Scaler:
    """Keeps small half precision gradients alive."""

    def __init__(self, start=2.0 ** 12, grow_every=20):
        self.value = tf.Variable(start, trainable=False, dtype=tf.float32)
        self.count = tf.Variable(0, trainable=False, dtype=tf.int32)
        self.grow_every = grow_every

    def update(self):
        self.count.assign_add(1)
        if self.count % self.grow_every == 0:
            self.value.assign(self.value * 2.0)


scaler = Scaler()


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        logits = tf.cast(net(xb, training=True), tf.float32)  # whynan: loss_scale phase=gradient also=float16_overflow
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
        scaled = loss * scaler.value
    grads = tape.gradient(scaled, net.trainable_variables)
    grads = [g / scaler.value for g in grads]
    adam.apply_gradients(zip(grads, net.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((x_tr, y_tr)).shuffle(3200, seed=4).batch(64, drop_remainder=True)
for epoch in range(10):
    running = 0.0
    for i, (xb, yb) in enumerate(ds):
        running += float(step(xb, yb))
        scaler.update()
    guess = np.argmax(net.predict(x_va, verbose=0), axis=1)
    print(f"[{epoch}] loss={running / (i + 1):.4f} val_acc={np.mean(guess == y_va):.3f} scale={scaler.value.numpy():.0f}")
