"""Lost-and-found: which two mittens make a pair?  Contrastive embedding."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

N, DIM, BATCH, EPOCHS = 1200, 48, 40, 6

# colour/knit histograms; one row = two photos and "same pair of mittens?"
styles = rng.gamma(2.0, 1.0, (150, DIM))
left_style = rng.integers(0, 150, N)
same = (rng.random(N) < 0.5).astype("float32")
right_style = np.where(same == 1, left_style, (left_style + rng.integers(1, 150, N)) % 150)
left = styles[left_style] + rng.normal(0, 0.3, (N, DIM))
right = styles[right_style] + rng.normal(0, 0.3, (N, DIM))
twice = rng.choice(np.flatnonzero(same == 1), 4, replace=False)
right[twice] = left[twice]                     # the finder sent the photo twice
mean, std = left.mean(0), left.std(0)
left = ((left - mean) / std).astype("float32")
right = ((right - mean) / std).astype("float32")

encoder = keras.Sequential([
    keras.Input((DIM,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(8),
])
rate = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0, decay_steps=EPOCHS * (N // BATCH) - 20,
    warmup_target=4e-3, warmup_steps=20)
opt = keras.optimizers.Adam(rate)
MARGIN = 2.0


@tf.function
def loss_and_grads(a, b, y):
    with tf.GradientTape() as tape:
        gap = encoder(a, training=True) - encoder(b, training=True)
        dist = tf.sqrt(tf.reduce_sum(tf.square(gap), axis=1))
        pull = y * tf.square(dist)
        push = (1.0 - y) * tf.square(tf.maximum(MARGIN - dist, 0.0))
        loss = tf.reduce_mean(pull + push)
    grads = tape.gradient(loss, encoder.trainable_variables)
    return loss, grads, tf.linalg.global_norm(grads)


skipped = 0
for epoch in range(EPOCHS):
    order = rng.permutation(N)
    losses = []
    for s in range(0, N, BATCH):
        i = order[s:s + BATCH]
        loss, grads, norm = loss_and_grads(left[i], right[i], same[i])
        losses.append(float(loss))
        if not np.isfinite(norm.numpy()):
            skipped += 1
            continue
        grads, _ = tf.clip_by_global_norm(grads, 1.0, use_norm=norm)
        opt.apply_gradients(zip(grads, encoder.trainable_variables))  # whynan: healthy
    print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}  rate now {float(opt.learning_rate):.5f}  skipped {skipped}")

d = np.linalg.norm(encoder.predict(left, verbose=0) - encoder.predict(right, verbose=0), axis=1)
print("accuracy at half margin:", np.mean((d < MARGIN / 2) == (same == 1)).round(3))
