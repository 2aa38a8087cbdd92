"""Two views of the same violin plate, wood grain image features and tap tones, pulled together by a ranking loss.

The tap tone tower used to win because its gradients were ten times larger, so every plate now pulls on both
towers with the same strength. The first steps look better than before, the loss falls, and then it is nan.
Clipping the global norm makes no difference.
"""
import keras
import numpy as np
import tensorflow as tf


def workshop(plates, seed):
    """Grain and tones both follow from density, stiffness and thickness of the plate."""
    rng = np.random.default_rng(seed)
    wood = rng.normal(size=(plates, 6))
    grain = np.tanh(wood @ rng.normal(0, 0.5, (6, 40))) + rng.normal(0, 0.1, (plates, 40))
    tones = 5.0 * (wood @ rng.normal(0, 0.4, (6, 18))) + rng.normal(0, 0.5, (plates, 18))
    return grain.astype("float32"), tones.astype("float32")


@tf.custom_gradient
def same_pull(embedding):
    """Identity; on the way back every row of the gradient gets the length one."""

    def backward(upstream):
        length = tf.sqrt(tf.reduce_sum(tf.square(upstream), axis=-1, keepdims=True))
        return upstream / length  # whynan: divide_by_zero phase=gradient also=wrong_custom_gradient

    return tf.identity(embedding), backward


def tower(inputs, name):
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(16),
        ],
        name=name,
    )


class PlateMatcher(keras.Model):
    def __init__(self, grain_width, tone_width, margin):
        super().__init__()
        self.grain_tower = tower(grain_width, "grain")
        self.tone_tower = tower(tone_width, "tone")
        self.margin = margin
        self.ranking = keras.metrics.Mean(name="loss")
        self.solved = keras.metrics.Mean(name="solved")

    @property
    def metrics(self):
        return [self.ranking, self.solved]

    def embed(self, grain, tones, training):
        a = same_pull(self.grain_tower(grain, training=training))
        b = same_pull(self.tone_tower(tones, training=training))
        return tf.math.l2_normalize(a, axis=-1), tf.math.l2_normalize(b, axis=-1)

    def train_step(self, data):
        grain, tones = data
        with tf.GradientTape() as tape:
            a, b = self.embed(grain, tones, training=True)
            together = tf.reduce_sum(a * b, axis=-1)
            apart = tf.reduce_sum(a * tf.roll(b, shift=1, axis=0), axis=-1)
            hinge = tf.nn.relu(self.margin - together + apart)
            loss = tf.reduce_mean(hinge)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.ranking.update_state(loss)
        self.solved.update_state(tf.cast(hinge <= 0, tf.float32))
        return {m.name: m.result() for m in self.metrics}


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    grain, tones = workshop(plates=1280, seed=31)
    matcher = PlateMatcher(grain.shape[1], tones.shape[1], margin=0.9)
    matcher.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0))
    matcher.fit(grain, tones, batch_size=64, epochs=20, verbose=2)
