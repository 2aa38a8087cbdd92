# expected strokes to hole out, from shot tracking (positions come as integer millimetres
# in the course grid). Baseline for a strokes-gained table.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
rs = np.random.RandomState(4)

LIES = ["green", "fringe", "fairway", "tee"]
COUNTS = [1500, 600, 520, 380]
RANGES_M = [(0.3, 15.0), (5.0, 40.0), (60.0, 190.0), (120.0, 470.0)]


def make_round_data():
    balls, pins, lies, strokes = [], [], [], []
    for lie, (n, (lo, hi)) in enumerate(zip(COUNTS, RANGES_M)):
        dist = rs.uniform(lo, hi, n)
        ang = rs.uniform(0, 2 * np.pi, n)
        pin = np.stack([rs.uniform(2e5, 9e5, n), rs.uniform(2e5, 9e5, n),
                        rs.uniform(3.0e4, 4.0e4, n)], 1)
        step = np.stack([dist * np.cos(ang), dist * np.sin(ang),
                         rs.uniform(-0.01, 0.01, n) * dist], 1) * 1000.0
        balls.append(pin - step)
        pins.append(pin)
        lies.append(np.full(n, lie))
        mean = 1.0 + 0.9 * np.log1p(dist / 4.0) * (0.8 if lie == 0 else 1.0)
        strokes.append(np.clip(np.round(mean + rs.normal(0, 0.5, n)), 1, 8))
    return (np.concatenate(balls).astype("int32"),
            np.concatenate(pins).astype("int32"),
            np.concatenate(lies).astype("int32"),
            np.concatenate(strokes).astype("float32"))


ball, pin, lie, strokes = make_round_data()
print("shots:", len(ball), " mean strokes to go: %.2f" % strokes.mean())


def to_features(ball, pin, lie, strokes):
    d = pin - ball
    metres = tf.sqrt(tf.cast(tf.reduce_sum(d * d, axis=1), tf.float32)) / 1000.0  # whynan: int_overflow phase=data
    uphill = tf.cast(d[:, 2], tf.float32) / 1000.0
    x = tf.concat([metres[:, None] / 100.0, uphill[:, None], tf.one_hot(lie, len(LIES))], axis=1)
    return x, strokes[:, None]


train = (tf.data.Dataset.from_tensor_slices((ball, pin, lie, strokes))
         .batch(64)
         .map(to_features, num_parallel_calls=2)
         .prefetch(2))

inp = keras.Input((2 + len(LIES),))
h = keras.layers.Dense(32, activation="swish")(inp)
h = keras.layers.Dense(32, activation="swish")(h)
out = keras.layers.Dense(1, activation="softplus")(h)
model = keras.Model(inp, out)

model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(train, epochs=4, verbose=2)

for m in (1.0, 3.0, 10.0):
    q = np.array([[m / 100.0, 0.0, 1, 0, 0, 0]], "float32")
    print("putt of %4.1f m: %.2f strokes" % (m, float(model.predict(q, verbose=0)[0, 0])))
