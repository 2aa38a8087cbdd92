"""Origin of black teas from near infrared spectra, softmax plus a centre loss that makes the classes compact.

The classification part alone trains well. With the centre loss the total falls for some batches, then it grows epoch by
epoch and ends as inf, although the centre loss has a weight of one percent and Adam a small rate.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)

ORIGINS = ["Assam", "Ceylon", "Keemun", "Kenya"]


def spectra(per_origin=150, bands=40):
    rng = np.random.default_rng(19)
    wave = np.linspace(0.0, 1.0, bands)
    rows, labels = [], []
    for k in range(len(ORIGINS)):
        peak = np.exp(-((wave - 0.2 - 0.17 * k) ** 2) / 0.02)
        slope = rng.normal(0.0, 0.4, size=(per_origin, 1)) * wave
        rows.append(peak + slope + rng.normal(0.0, 0.15, size=(per_origin, bands)))
        labels.append(np.full(per_origin, k))
    return np.concatenate(rows).astype("float32"), np.concatenate(labels).astype("int32")


class CentreLossClassifier(keras.Model):
    def __init__(self, classes, embedding=8, centre_weight=0.01, centre_rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes
        self.centre_weight = centre_weight
        self.centre_rate = centre_rate
        self.body = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(embedding)])
        self.head = keras.layers.Dense(classes)
        self.centres = self.add_weight(
            shape=(classes, embedding), initializer="zeros", trainable=False, name="centres"
        )
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.entropy_tracker = keras.metrics.Mean(name="entropy")

    @property
    def metrics(self):
        return [self.loss_tracker, self.entropy_tracker]

    def call(self, inputs, training=False):
        return self.head(self.body(inputs, training=training))

    def move_centres(self, features, labels):
        """One step of every centre that occurs in the batch, damped for rare classes."""
        own = tf.gather(tf.convert_to_tensor(self.centres), labels)
        count = tf.reduce_sum(tf.one_hot(labels, self.classes), axis=0)
        total = tf.math.unsorted_segment_sum(features - own, labels, num_segments=self.classes)
        delta = total / (1.0 + count)[:, None]
        self.centres.assign_sub(self.centre_rate * delta)

    def train_step(self, data):
        x, y = data
        y = tf.reshape(tf.cast(y, tf.int32), [-1])
        with tf.GradientTape() as tape:
            features = self.body(x, training=True)
            logits = self.head(features)
            entropy = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
            offset = features - tf.gather(tf.convert_to_tensor(self.centres), y)
            spread = tf.reduce_sum(tf.square(offset), axis=1)
            loss = entropy + self.centre_weight * tf.reduce_mean(spread)  # whynan: exploding_gradient phase=loss|forward|update also=wrong_sign_loss
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.move_centres(features, y)
        self.loss_tracker.update_state(loss)
        self.entropy_tracker.update_state(entropy)
        return {m.name: m.result() for m in self.metrics}


x, y = spectra()
x = (x - x.mean(axis=0)) / x.std(axis=0)

model = CentreLossClassifier(len(ORIGINS))
model(x[:2])
model.compile(optimizer=keras.optimizers.Adam(1e-3))
history = model.fit(x, y, batch_size=32, epochs=16, verbose=2)
print("loss per epoch:", history.history["loss"])
print("right:", float(np.mean(np.argmax(model.predict(x, verbose=0), axis=1) == y)))
