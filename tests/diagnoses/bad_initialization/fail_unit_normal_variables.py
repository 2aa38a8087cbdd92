# ten hidden layers, written from scratch
import numpy as np
import tensorflow as tf

tf.random.set_seed(28)
sizes = [32] + [128] * 10 + [1]
weights = [tf.Variable(tf.random.normal([a, b])) for a, b in zip(sizes[:-1], sizes[1:])]
biases = [tf.Variable(tf.random.normal([b])) for b in sizes[1:]]


def forward(x):
    for w, b in zip(weights[:-1], biases[:-1]):
        x = tf.nn.selu(tf.matmul(x, w) + b)  # whynan: bad_initialization phase=forward also=exploding_gradient
    return tf.matmul(x, weights[-1]) + biases[-1]


rng = np.random.default_rng(28)
inputs = rng.normal(size=(192, 32)).astype("float32")
labels = (inputs[:, :1] > 0).astype("float32")


def train(epochs=2, lr=0.001, batch=32):
    losses = []
    for _ in range(epochs):
        for i in range(0, len(inputs), batch):
            with tf.GradientTape() as tape:
                logits = forward(inputs[i:i + batch])
                loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels[i:i + batch], logits))
            grads = tape.gradient(loss, weights + biases)
            for v, g in zip(weights + biases, grads):
                v.assign_sub(lr * g)
            losses.append(float(loss))
    return losses


losses = train()
print(losses)
