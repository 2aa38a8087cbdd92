import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
ALPHABET, FRAMES = 10, 16
N = 96
audio = rng.normal(size=(N, FRAMES, 5)).astype("float32")
words = [np.sort(rng.choice(np.arange(ALPHABET), rng.integers(2, 4), replace=False)) for _ in range(N)]
words[22] = np.array([4, 4, 4])        # "zzz"

model = keras.Sequential([
    keras.Input((FRAMES, 5)),
    keras.layers.Conv1D(16, 4, strides=4, activation="relu"),       # 4 frames remain
    keras.layers.Dense(ALPHABET + 1),
])
optimizer = keras.optimizers.Adam(1e-3)


def to_sparse(seqs):
    idx = [(i, j) for i, s in enumerate(seqs) for j in range(len(s))]
    return tf.SparseTensor(idx, np.concatenate(seqs).astype("int32"), (len(seqs), max(map(len, seqs))))


for epoch in range(2):
    for b in range(0, N, 16):
        with tf.GradientTape() as tape:
            logits = model(audio[b:b + 16], training=True)
            frames = tf.fill([16], tf.shape(logits)[1])
            cost = tf.nn.ctc_loss(to_sparse(words[b:b + 16]), logits, None, frames, logits_time_major=False, blank_index=-1)  # whynan: ctc_infeasible_alignment phase=loss rows=22
            loss = tf.reduce_mean(cost)
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        print(f"epoch {epoch} batch {b // 16} ctc {loss.numpy():.3f}")
