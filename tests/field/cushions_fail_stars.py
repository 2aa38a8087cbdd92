"""Star rating of cushion reviews with a small transformer encoder.

Batch size was raised to 256 for the new machine, so the rate follows the linear scaling rule.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2024)

VOCAB = 600
MAXLEN = 20
DIM = 48
BATCH = 256
EPOCHS = 8

BASE_LR = 0.1
LR = BASE_LR * BATCH / 16


class TokenAndPosition(layers.Layer):
    def __init__(self, vocab, maxlen, dim, **kw):
        super().__init__(**kw)
        self.tok = layers.Embedding(vocab, dim)
        self.pos = layers.Embedding(maxlen, dim)
        self.maxlen = maxlen

    def call(self, ids):
        positions = keras.ops.arange(self.maxlen)
        return self.tok(ids) + self.pos(positions)


def encoder_block(x, heads=4, ff=96, drop=0.1):
    y = layers.LayerNormalization()(x)
    y = layers.MultiHeadAttention(heads, DIM // heads)(y, y)
    x = layers.Add()([x, layers.Dropout(drop)(y)])
    y = layers.LayerNormalization()(x)
    y = layers.Dense(ff, activation="gelu")(y)
    y = layers.Dense(DIM)(y)
    return layers.Add()([x, layers.Dropout(drop)(y)])


def build():
    ids = keras.Input((MAXLEN,), dtype="int32")
    x = TokenAndPosition(VOCAB, MAXLEN, DIM)(ids)
    for _ in range(2):
        x = encoder_block(x)
    x = layers.LayerNormalization()(x)
    x = layers.GlobalAveragePooling1D()(x)
    stars = layers.Dense(1, name="stars")(x)
    return keras.Model(ids, stars)


def reviews(n, rng):
    polarity = rng.normal(0, 1, VOCAB)
    zipf = 1.0 / np.arange(1, VOCAB + 1) ** 0.8
    ids = rng.choice(VOCAB, size=(n, MAXLEN), p=zipf / zipf.sum())
    score = 3.6 + 1.8 * polarity[ids].mean(1) + rng.normal(0, 0.3, n)
    stars = np.clip(np.round(score), 1, 5)
    return ids.astype("int32"), stars.astype("float32")


if __name__ == "__main__":
    rng = np.random.default_rng(7)
    ids, stars = reviews(4608, rng)
    x_train, y_train = ids[:4096], stars[:4096]
    x_test, y_test = ids[4096:], stars[4096:]
    print("mean rating", y_train.mean(), "baseline mse", y_train.var())

    model = build()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=LR),
        loss="mean_squared_error",
        metrics=["mae"],
    )
    model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update
    print(dict(zip(model.metrics_names, model.evaluate(x_test, y_test, verbose=0))))
    shown = model.predict(x_test[:5], verbose=0).ravel()
    for p, t in zip(shown, y_test[:5]):
        print(f"predicted {p:.2f}  given {t:.0f}")
