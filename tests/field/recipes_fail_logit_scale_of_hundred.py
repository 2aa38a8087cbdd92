"""CLIP style retrieval between dish photos (features) and recipes (features)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

DEFAULTS = {
    "dim": 16,
    "logit_scale": 100.0,      # openai's checkpoints all end up at 100
    "learnable_scale": True,
    "rate": 1e-3,
    "batch": 32,
    "epochs": 3,
}


def dishes(n=512, seed=6):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 6))
    photo = latent @ rng.normal(size=(6, 40)) + 0.3 * rng.normal(size=(n, 40))
    text = latent @ rng.normal(size=(6, 28)) + 0.3 * rng.normal(size=(n, 28))
    return {"photo": photo.astype("float32"), "text": text.astype("float32")}


class UnitLength(layers.Layer):
    def call(self, x):
        return tf.math.l2_normalize(x, axis=-1)


class Temperature(layers.Layer):
    """multiplies the cosine similarities; the parameter is kept in log space like in CLIP"""

    def __init__(self, start, trainable=True, **kwargs):
        super().__init__(**kwargs)
        self.t = self.add_weight(shape=(), initializer=keras.initializers.Constant(start),
                                 trainable=trainable, name="t")

    def scale(self):
        return tf.exp(self.t)  # whynan: bad_initialization phase=forward also=exp_overflow

    def call(self, similarity):
        return similarity * self.scale()


def tower(name, width, dim):
    inputs = keras.Input((width,), name=name)
    h = layers.Dense(32, activation="gelu")(inputs)
    return keras.Model(inputs, UnitLength()(layers.Dense(dim)(h)), name=f"{name}_tower")


class DualEncoder(keras.Model):
    def __init__(self, photo_tower, text_tower, temperature):
        super().__init__()
        self.photo_tower, self.text_tower = photo_tower, text_tower
        self.temperature = temperature

    def call(self, inputs):
        a, b = self.photo_tower(inputs["photo"]), self.text_tower(inputs["text"])
        return self.temperature(tf.matmul(a, b, transpose_b=True))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        target = tf.range(tf.shape(y_pred)[0])
        rows = tf.nn.sparse_softmax_cross_entropy_with_logits(target, y_pred)
        columns = tf.nn.sparse_softmax_cross_entropy_with_logits(target, tf.transpose(y_pred))
        return 0.5 * (tf.reduce_mean(rows) + tf.reduce_mean(columns))


def main(**overrides):
    cfg = {**DEFAULTS, **overrides}
    keras.utils.set_random_seed(6)
    data = dishes()
    strategy = tf.distribute.MirroredStrategy(devices=["/cpu:0"])
    print("replicas:", strategy.num_replicas_in_sync)
    with strategy.scope():
        model = DualEncoder(
            tower("photo", 40, cfg["dim"]),
            tower("text", 28, cfg["dim"]),
            Temperature(cfg["logit_scale"], trainable=cfg["learnable_scale"]),
        )
        model.compile(optimizer=keras.optimizers.AdamW(cfg["rate"]))
    model.fit(data, batch_size=cfg["batch"], epochs=cfg["epochs"], verbose=2)


if __name__ == "__main__":
    main()
