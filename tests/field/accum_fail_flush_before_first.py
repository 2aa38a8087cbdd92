"""Gradient accumulation over 4 micro batches inside one tf.function (autograph for/if). Loss is nan from the 1st micro batch on;
without accumulation it's fine."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
ACCUM = 4

model = keras.Sequential([
    keras.Input((28, 6)),
    keras.layers.Conv1D(16, 5, activation="swish"),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(5),
])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)
opt.build(model.trainable_variables)

buffers = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
n_micro = tf.Variable(0, trainable=False)


def flush():
    count = tf.cast(n_micro, tf.float32)
    mean_grads = [b / count for b in buffers]  # whynan: divide_by_zero phase=gradient
    opt.apply_gradients(zip(mean_grads, model.trainable_variables))
    for b in buffers:
        b.assign(tf.zeros_like(b))
    n_micro.assign(0)


@tf.function
def train_epoch(ds):
    running = tf.constant(0.0)
    i = tf.constant(0)
    for x, y in ds:
        if i % ACCUM == 0:
            flush()
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        for b, g in zip(buffers, grads):
            b.assign_add(g)
        n_micro.assign_add(1)
        running += loss
        i += 1
    return running / tf.cast(i, tf.float32)


rng = np.random.default_rng(5)
labels = rng.integers(0, 5, 320)
signals = (rng.normal(size=(320, 28, 6)) + 0.3 * labels[:, None, None]).astype("float32")
ds = tf.data.Dataset.from_tensor_slices((signals, labels)).batch(16)
for epoch in range(3):
    print(epoch, train_epoch(ds).numpy())
