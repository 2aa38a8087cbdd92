# Grade lentil samples from image statistics (grade as written by the inspector).
# Rare grades count more: every sample is weighted by one over the share of its grade.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

N_GRADES = 5
N = 1600

# ---- samples -------------------------------------------------------------
broken = rng.beta(1.5, 14, N)
stained = rng.beta(1.3, 18, N)
size_mm = rng.normal(4.6, 0.35, N)
size_sd = rng.gamma(9, 0.04, N)
green = rng.normal(0.55, 0.06, N)
stones = rng.poisson(0.4, N)
moisture = rng.normal(12.8, 0.9, N)

badness = 9 * broken + 11 * stained + 1.2 * size_sd + 0.35 * stones - 0.5 * (size_mm - 4.6)
badness += rng.normal(0, 0.12, N)
cuts = np.quantile(badness, [0.12, 0.38, 0.70, 0.88])
grade = 1 + np.digitize(badness, cuts)

feats = np.stack([broken, stained, size_mm, size_sd, green, stones, moisture], axis=1)
feats = ((feats - feats.mean(0)) / feats.std(0)).astype("float32")

split = 1300
x_train, x_test = feats[:split], feats[split:]
g_train, g_test = grade[:split].astype("int32"), grade[split:].astype("int32")

share = tf.reduce_mean(tf.one_hot(g_train, N_GRADES), axis=0)
print("share of the grades:", np.round(share.numpy(), 3))

# ---- model ---------------------------------------------------------------
net = keras.Sequential([
    keras.Input((7,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dropout(0.1),
    keras.layers.Dense(N_GRADES),
])
opt = keras.optimizers.Adam(2e-3)


def weighted_ce(grades, logits):
    onehot = tf.one_hot(grades, N_GRADES)
    ce = -tf.reduce_sum(onehot * tf.nn.log_softmax(logits), axis=-1)
    weight = 1.0 / tf.reduce_sum(onehot * share, axis=-1)  # whynan: label_out_of_range phase=forward|loss|data
    return tf.reduce_sum(weight * ce) / tf.reduce_sum(weight)


batches = tf.data.Dataset.from_tensor_slices((x_train, g_train)).shuffle(split, seed=8).batch(50)

for epoch in range(4):
    running = 0.0
    for i, (xb, gb) in enumerate(batches):
        with tf.GradientTape() as tape:
            loss = weighted_ce(gb, net(xb, training=True))
        grads = tape.gradient(loss, net.trainable_weights)
        opt.apply_gradients(zip(grads, net.trainable_weights))
        running += float(loss)
    guess = np.argmax(net(x_test).numpy(), axis=1)
    print(f"epoch {epoch}: loss {running / (i + 1):.4f}, accuracy {np.mean(guess == g_test):.3f}")
