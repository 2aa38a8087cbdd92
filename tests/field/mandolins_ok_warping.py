"""Transcribe the pitch contour of short mandolin phrases.

Players drag or rush, so prediction and score are compared with dynamic time warping (Sakoe-Chiba band)
instead of frame by frame.
"""
import keras
import numpy as np
import tensorflow as tf

SEED = 71
STEPS = 10          # frames per phrase
BANDS = 30          # chroma-like features per phrase
REACH = 3           # half width of the warping band
BATCH = 48

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def make_phrases(n):
    walk = np.cumsum(rng.normal(0, 0.5, (n, STEPS + 2)), axis=1)
    score = walk[:, 1:-1]
    shift = rng.integers(-1, 2, n)
    played = np.stack([walk[i, 1 + s:1 + s + STEPS] for i, s in enumerate(shift)])
    mix = rng.normal(0, 1 / np.sqrt(STEPS), (STEPS, BANDS))
    feats = played @ mix + rng.normal(0, 0.05, (n, BANDS))
    return feats.astype("float32"), score.astype("float32")


def dtw(pred, score):
    cost = tf.square(pred[:, :, None] - score[:, None, :])
    start = tf.zeros([tf.shape(pred)[0]])
    blocked = tf.fill([tf.shape(pred)[0]], np.inf)
    above = [start] + [blocked] * STEPS
    for i in range(STEPS):
        row = [blocked]
        for j in range(STEPS):
            if abs(i - j) > REACH:
                row.append(blocked)
                continue
            cheapest = tf.minimum(tf.minimum(above[j], above[j + 1]), row[j])
            row.append(cost[:, i, j] + cheapest)
        above = row
    return above[STEPS]


x, y = make_phrases(1440)
x_test, y_test = make_phrases(64)

net = keras.Sequential([
    keras.Input((BANDS,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(STEPS),
])
adam = keras.optimizers.Adam(3e-3)


@tf.function
def step(feats, score):
    with tf.GradientTape() as tape:
        total = dtw(net(feats, training=True), score)
        loss = tf.reduce_mean(total)
        tf.debugging.assert_all_finite(loss, "warping distance")
    grads = tape.gradient(loss, net.trainable_variables)
    adam.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
    return loss


for epoch in range(8):
    order = rng.permutation(len(x))
    seen = [float(step(tf.constant(x[order[k:k + BATCH]]), tf.constant(y[order[k:k + BATCH]])))
            for k in range(0, len(x), BATCH)]
    print(f"epoch {epoch}: dtw {np.mean(seen):.3f}")

# which phrase of the book is it?
guess = net.predict(x_test, verbose=0)
gap = ((guess[:, None, :] - y_test[None, :, :]) ** 2).sum(-1)
short = np.ptp(y_test, axis=1) < 1.0        # too flat to be recognised
gap[:, short] = np.inf
print("recognised:", np.mean(gap.argmin(1)[~short] == np.flatnonzero(~short)).round(3))
