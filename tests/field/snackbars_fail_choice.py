"""Discrete choice model for the snack bar at the station: who buys what, given the hour and the weather?
Sold-out articles cannot be chosen, so their probability is taken away and spread over the rest."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(63)
rng = np.random.default_rng(63)

ARTICLES = ["pretzel", "sandwich", "coffee", "juice", "muffin"]
N = 1200


def till_records():
    hour = rng.uniform(6, 22, N)
    temp = rng.normal(14, 7, N)
    child = rng.integers(0, 2, N)
    hurry = rng.random(N)
    ctx = np.stack([(hour - 14) / 5, (temp - 14) / 7, child, hurry], 1)
    beta = rng.normal(0, 0.7, (4, len(ARTICLES)))
    utility = ctx @ beta + np.array([0.2, 0.1, 0.6, -0.2, 0.0]) + rng.gumbel(size=(N, len(ARTICLES)))
    stock = np.ones((N, len(ARTICLES)))
    stock[91, 1] = 0      # sandwiches gone
    stock[388, 4] = 0
    stock[703, 1] = 0
    utility[stock == 0] = -1e9
    chosen = utility.argmax(1)
    return ctx.astype("float32"), stock.astype("float32"), np.eye(len(ARTICLES), dtype="float32")[chosen]


@tf.custom_gradient
def log_prob(p):
    value = tf.math.log(tf.maximum(p, 1e-7))

    def grad(upstream):
        return upstream / p  # whynan: wrong_custom_gradient phase=gradient also=divide_by_zero,clip_misuse rows=91,388,703

    return value, grad


def choice_nll(y_true, y_pred):
    return -tf.reduce_sum(y_true * log_prob(y_pred), axis=-1)


class Availability(keras.layers.Layer):
    def call(self, inputs):
        prob, stock = inputs
        left = prob * stock
        return left / tf.reduce_sum(left, axis=-1, keepdims=True)


ctx, stock, chosen = till_records()

ctx_in = keras.Input((ctx.shape[1],), name="context")
stock_in = keras.Input((len(ARTICLES),), name="stock")
h = keras.layers.Dense(24, activation="tanh")(ctx_in)
prob = keras.layers.Dense(len(ARTICLES), activation="softmax")(h)
prob = Availability()([prob, stock_in])
model = keras.Model({"context": ctx_in, "stock": stock_in}, prob)
model.summary()

model.compile(optimizer=keras.optimizers.RMSprop(2e-3), loss=choice_nll, metrics=["categorical_accuracy"])
history = model.fit({"context": ctx, "stock": stock}, chosen, batch_size=40, epochs=8, verbose=0)

for epoch, (l, a) in enumerate(zip(history.history["loss"], history.history["categorical_accuracy"])):
    print(f"{epoch:2d}  nll {l:.4f}  accuracy {a:.3f}")

share = model.predict({"context": ctx, "stock": np.ones_like(stock)}, verbose=0).mean(0)
print(dict(zip(ARTICLES, share.round(3))))
