"""Grading essays (four grades) on cached hidden states of our language model, with the attention pooling layer that
everybody copies. In the original the projection has a tanh; it saturated at once on my data (all weights equal), so I
took relu there. Since then: loss nan from the first batch. The sum in the denominator has the usual epsilon.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(17)

DOCS, SENTENCES, WIDTH, GRADES = 320, 20, 64, 4


def load_cached_states():
    """One vector a sentence, taken from the last block (before the final layer norm), zero-padded to SENTENCES."""
    rng = np.random.default_rng(6)
    channel_scale = rng.lognormal(4.0, 1.0, WIDTH)
    direction = rng.normal(size=(GRADES, WIDTH))
    grade = rng.integers(0, GRADES, DOCS)
    length = rng.integers(6, SENTENCES + 1, DOCS)
    states = rng.normal(size=(DOCS, SENTENCES, WIDTH)) + 0.8 * direction[grade][:, None, :]
    states = states * channel_scale
    mask = (np.arange(SENTENCES)[None, :] < length[:, None]).astype("float32")
    states = states * mask[:, :, None]
    return states.astype("float32"), mask, grade


class AttentionPool(layers.Layer):
    """u_t = relu(W h_t + b), a_t = exp(u_t . v) / sum, output = sum a_t h_t"""

    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        states_shape = input_shape[0]
        self.W = self.add_weight(shape=(states_shape[-1], self.units), initializer="glorot_uniform", name="W")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        self.v = self.add_weight(shape=(self.units, 1), initializer="glorot_uniform", name="v")
        self.built = True

    def call(self, inputs):
        states, mask = inputs
        hidden = ops.relu(ops.matmul(states, self.W) + self.b)
        scores = ops.squeeze(ops.matmul(hidden, self.v), axis=-1)
        a = ops.exp(scores)  # whynan: exp_overflow phase=forward also=unscaled_input
        a = a * mask
        a = a / (ops.sum(a, axis=1, keepdims=True) + keras.config.epsilon())
        return ops.sum(states * ops.expand_dims(a, -1), axis=1)


class EssayGrader:
    def __init__(self, lr=1e-3):
        states = keras.Input((SENTENCES, WIDTH), name="states")
        mask = keras.Input((SENTENCES,), name="mask")
        pooled = AttentionPool(name="pool")([states, mask])
        x = layers.BatchNormalization()(pooled)
        x = layers.Dense(32, activation="relu")(x)
        x = layers.Dropout(0.2)(x)
        logits = layers.Dense(GRADES)(x)
        self.net = keras.Model({"states": states, "mask": mask}, logits)
        self.net.compile(
            optimizer=keras.optimizers.Adam(lr, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    def fit(self, states, mask, grade, epochs=3):
        return self.net.fit(
            {"states": states, "mask": mask}, grade,
            batch_size=32, epochs=epochs, validation_split=0.1, verbose=2,
        )


if __name__ == "__main__":
    states, mask, grade = load_cached_states()
    print("states", states.shape, "finite:", bool(np.isfinite(states).all()))
    grader = EssayGrader()
    grader.fit(states, mask, grade)
