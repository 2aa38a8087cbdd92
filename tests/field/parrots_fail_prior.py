"""Parrot species from call features, long-tailed. Logit adjustment after Menon et al. (2021),
with the class shares measured on the batches actually seen (sampling is not the same every epoch)."""
import numpy as np
import tensorflow as tf
import keras

SPECIES = ["galah", "corella", "rosella", "lorikeet", "kea", "kakapo"]
SHARE = np.array([0.42, 0.25, 0.15, 0.10, 0.05, 0.03])
K = len(SPECIES)


class ShareMeter:
    """Counts labels while training; the shares of one epoch serve in the next."""

    def __init__(self, n_classes):
        self.counts = tf.Variable(tf.zeros(n_classes), trainable=False)
        self.share = tf.Variable(tf.fill([n_classes], 1.0 / n_classes), trainable=False)

    def see(self, labels):
        self.counts.assign_add(tf.reduce_sum(tf.one_hot(labels, K), axis=0))

    def begin_epoch(self, epoch):
        self.counts.assign(tf.zeros_like(self.counts))
        if epoch > 0:
            total = tf.reduce_sum(self.counts)
            self.share.assign(self.counts / tf.maximum(total, 1.0))


class AdjustedLoss:
    def __init__(self, meter, tau=1.0):
        self.meter = meter
        self.tau = tau

    def __call__(self, labels, logits):
        adjusted = logits + self.tau * tf.math.log(self.meter.share)  # whynan: log_of_zero phase=loss|forward
        return tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=adjusted)
        )


def record_calls(n, rng):
    label = rng.choice(K, size=n, p=SHARE)
    pitch = np.array([1.1, 1.5, 2.2, 3.0, 1.8, 0.3])[label] + rng.normal(0, 0.35, n)
    length = np.array([0.4, 0.7, 0.2, 0.15, 0.9, 1.6])[label] + rng.normal(0, 0.12, n)
    harsh = np.array([0.5, 0.8, 0.1, 0.4, 0.3, 0.05])[label] + rng.normal(0, 0.15, n)
    slope = rng.normal(0, 1, n) + 0.4 * (label == 4)
    x = np.stack([pitch, length, harsh, slope], axis=1)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), label.astype("int32")


def main():
    keras.utils.set_random_seed(1234)
    rng = np.random.default_rng(1234)
    x, y = record_calls(1800, rng)
    xt, yt, xv, yv = x[:1440], y[:1440], x[1440:], y[1440:]

    model = keras.Sequential([
        keras.layers.Input((4,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(K),
    ])
    opt = keras.optimizers.Adam(3e-3)
    meter = ShareMeter(K)
    criterion = AdjustedLoss(meter)

    @tf.function
    def step(xb, yb):
        meter.see(yb)
        with tf.GradientTape() as tape:
            loss = criterion(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    data = tf.data.Dataset.from_tensor_slices((xt, yt)).shuffle(1440, seed=3).batch(48)
    for epoch in range(8):
        meter.begin_epoch(epoch)
        mean_loss = np.mean([float(step(xb, yb)) for xb, yb in data])
        hit = model(xv).numpy().argmax(1) == yv
        per_class = [hit[yv == k].mean() if (yv == k).any() else -1.0 for k in range(K)]
        print(f"epoch {epoch}: loss {mean_loss:.4f}  balanced accuracy {np.mean(per_class):.3f}")


if __name__ == "__main__":
    main()
