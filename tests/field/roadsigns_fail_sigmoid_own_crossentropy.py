"""43 road signs, one sigmoid per sign and the crossentropy formula from the lecture.

My formula gives nan on the very first train_on_batch. The lecturer said to put an epsilon into the
loss, I did, it changes nothing.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(43)

N_SIGNS = 43
SIZE = 24
EPSILON = 1e-7


def draw_signs(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, N_SIGNS, n)
    rows, cols = np.mgrid[0:SIZE, 0:SIZE]
    images = np.zeros((n, SIZE, SIZE), dtype=np.uint8)
    for i, sign in enumerate(labels):
        light = rng.uniform(60, 190)
        picture = np.full((SIZE, SIZE), light) + rng.normal(0, 12, (SIZE, SIZE))
        radius = 4 + sign % 7
        disc = (rows - 12) ** 2 + (cols - 12) ** 2 < radius**2
        picture[disc] += 60
        bar = np.abs(rows - 4 - (sign // 7) * 3) < 2
        picture[bar & disc] -= 110
        images[i] = np.clip(picture, 0, 255).astype(np.uint8)
    return images, labels


def lecture_crossentropy(y_true, y_pred):
    """J = -sum_k y_k log(p_k), averaged over the batch."""
    per_picture = -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)  # whynan: log_of_zero phase=forward|loss also=exp_underflow,unscaled_input,wrong_loss_for_activation
    return tf.reduce_mean(per_picture) + EPSILON


images, labels = draw_signs(1200, seed=1)
x_all = images.reshape(len(images), -1).astype("float32")
y_all = keras.utils.to_categorical(labels, N_SIGNS)
print("pixels", x_all.min(), x_all.max(), "labels per picture", y_all.sum(axis=1).min())

model = keras.Sequential(name="signs")
model.add(keras.Input((SIZE * SIZE,)))
model.add(layers.Dense(128, activation="relu"))
model.add(layers.Dense(N_SIGNS, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=lecture_crossentropy)

batch = 40
order = np.arange(len(x_all))
for epoch in range(2):
    np.random.shuffle(order)
    losses = []
    for start in range(0, len(order), batch):
        pick = order[start:start + batch]
        result = model.train_on_batch(x_all[pick], y_all[pick])
        losses.append(float(np.ravel(result)[0]))
    print(f"epoch {epoch}: first {losses[0]}, last {losses[-1]}")

scores = model.predict(x_all[:200], verbose=0)
print("accuracy on 200 pictures:", np.mean(scores.argmax(axis=1) == labels[:200]))
