"""Anchor-free localisation of rallies and racket contacts in wearable sensor streams.

Every frame inside an event predicts how many frames it is away from the beginning and from the end, and
is trained with 1 - overlap of the two spans. The rally-only version trained fine. Since the contact
annotations were added to the same label file the loss is nan at once.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(19)

FRAMES, CHANNELS = 48, 10


def annotated_clips(n=192):
    rng = np.random.default_rng(33)
    x = rng.normal(0, 0.4, (n, FRAMES, CHANNELS))
    events = []
    for i in range(n):
        begin = int(rng.integers(2, 24))
        end = begin + int(rng.integers(6, 15))
        x[i, begin:end + 1, :5] += 1.2 * np.sin(np.arange(end - begin + 1) * 0.9)[:, None] + 0.8
        contact = int(rng.integers(40, 47))
        x[i, contact, 5:] += rng.normal(3.0, 0.5, CHANNELS - 5)
        events.append([("rally", begin, end), ("contact", contact, contact)])
    return x.astype("float32"), events


def frame_targets(events):
    inside = np.zeros((len(events), FRAMES), "float32")
    reach = np.zeros((len(events), FRAMES, 2), "float32")
    for i, clip in enumerate(events):
        for _, begin, end in clip:
            t = np.arange(begin, end + 1)
            inside[i, t] = 1.0
            reach[i, t, 0] = t - begin
            reach[i, t, 1] = end - t
    return inside, reach


class Spotter(keras.Model):
    def span_loss(self, reach, predicted):
        common = tf.reduce_sum(tf.minimum(reach, predicted), axis=-1)
        union = tf.reduce_sum(reach, axis=-1) + tf.reduce_sum(predicted, axis=-1) - common
        overlap = common / union
        return tf.reduce_mean(1.0 - overlap)

    def train_step(self, data):
        x, (inside, reach) = data
        with tf.GradientTape() as tape:
            logits, predicted = self(x, training=True)
            frame_loss = tf.reduce_mean(
                tf.nn.sigmoid_cross_entropy_with_logits(labels=inside, logits=logits[..., 0]))
            positive = inside > 0.5
            span_loss = self.span_loss(tf.boolean_mask(reach, positive), tf.boolean_mask(predicted, positive))
            loss = frame_loss + 0.5 * span_loss
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "frame": frame_loss, "span": span_loss}


def spotter():
    inputs = keras.Input((FRAMES, CHANNELS))
    h = layers.Conv1D(32, 5, padding="same", activation="swish")(inputs)
    h = layers.Conv1D(32, 5, padding="same", activation="swish")(h)
    logits = layers.Conv1D(1, 1, name="inside")(h)
    reach = layers.Conv1D(2, 1, activation="relu", name="reach")(h)
    return Spotter(inputs, [logits, reach])


clips, events = annotated_clips()
inside, reach = frame_targets(events)
model = spotter()
model.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
model.fit(clips, (inside, reach), batch_size=16, epochs=4, verbose=2)
