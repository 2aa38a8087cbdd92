# whynan: healthy
"""Linear-chain tagger; forbidden tag transitions are -inf in the Viterbi decoding after each epoch."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(16)
TAGS, T = 3, 9
forbidden = np.zeros((TAGS, TAGS), "float32")
forbidden[0, 2] = -np.inf                    # O -> I


def viterbi(scores):
    best = scores[0] + np.array([0, 0, -np.inf], "float32")
    back = []
    for s in scores[1:]:
        total = best[:, None] + forbidden
        back.append(total.argmax(axis=0))
        best = total.max(axis=0) + s
    path = [int(best.argmax())]
    for b in reversed(back):
        path.append(int(b[path[-1]]))
    return path[::-1], best.max()


words = np.random.randint(1, 25, size=(160, T))
tags = np.where(words < 6, 1, 0)
tags[:, 1:][(tags[:, :-1] == 1) & (words[:, 1:] > 15)] = 2
model = keras.Sequential([keras.Input((T,), dtype="int32"), layers.Embedding(25, 8), layers.Bidirectional(layers.GRU(8, return_sequences=True)), layers.Dense(TAGS)])
opt = keras.optimizers.Adam(0.01)


@tf.function
def step(w, t):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(t, model(w), from_logits=True))
    opt.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


for epoch in range(3):
    for i in range(0, 160, 32):
        loss = step(words[i:i + 32], tags[i:i + 32])
    path, score = viterbi(tf.nn.log_softmax(model(words[:1]))[0].numpy())
    print(epoch, float(loss), path, float(score))
