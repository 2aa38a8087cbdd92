# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(18)

x = np.random.normal(size=(240, 5)).astype("float32")
y = (x ** 2).sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)

best = tf.Variable(np.inf, dtype=tf.float32)
best_weights, patience, bad = None, 3, 0
lowest_seen = float("inf")
for epoch in range(12):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    print(epoch, "loss", loss.numpy(), "new best" if loss < best else "")
    if loss < best:
        best.assign(loss)
        best_weights, bad = model.get_weights(), 0
    else:
        bad += 1
        if bad > patience:
            break
model.set_weights(best_weights)
