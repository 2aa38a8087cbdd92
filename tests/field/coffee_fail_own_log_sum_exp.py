"""Sorting green coffee beans by defect (six classes) with two matrices and plain gradient descent.

I wrote the stable form of the cross-entropy myself. The loss falls suspiciously well, becomes negative after some
epochs, then -inf and nan. The features are standardised, the rate is 0.008, and the labels are 0 to 5.
"""
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(77)

DEFECTS = ("sound", "black", "sour", "broken", "insect", "shell")


def beans(count=1500, features=14):
    rng = np.random.default_rng(77)
    centres = rng.normal(0.0, 1.3, size=(len(DEFECTS), features))
    label = rng.choice(len(DEFECTS), size=count, p=[0.4, 0.12, 0.12, 0.12, 0.12, 0.12])
    colour = centres[label] + rng.normal(0.0, 1.0, size=(count, features))
    colour = (colour - colour.mean(axis=0)) / colour.std(axis=0)
    return colour.astype("float32"), label.astype("int32")


def log_sum_exp(scores):
    # take the largest score out of the exponentials, otherwise they overflow
    peak = tf.reduce_max(scores, axis=1, keepdims=True)
    inside = tf.reduce_sum(tf.exp(scores + peak), axis=1)
    return peak[:, 0] + tf.math.log(inside)  # whynan: log_of_zero phase=loss also=exp_underflow,wrong_sign_loss


def cross_entropy(scores, label):
    own = tf.gather(scores, label, batch_dims=1)
    return tf.reduce_mean(log_sum_exp(scores) - own)


class BeanSorter(tf.Module):
    def __init__(self, features, hidden, classes):
        super().__init__()
        start = tf.keras.initializers.GlorotUniform(seed=77)
        self.w1 = tf.Variable(start((features, hidden)), name="w1")
        self.b1 = tf.Variable(tf.zeros(hidden), name="b1")
        self.w2 = tf.Variable(start((hidden, classes)), name="w2")
        self.b2 = tf.Variable(tf.zeros(classes), name="b2")

    def __call__(self, colour):
        hidden = tf.math.softplus(colour @ self.w1 + self.b1)
        return hidden @ self.w2 + self.b2


def make_step(sorter, rate):
    weights = sorter.trainable_variables

    @tf.function
    def step(colour, label):
        with tf.GradientTape() as tape:
            scores = sorter(colour)
            loss = cross_entropy(scores, label)
        for weight, slope in zip(weights, tape.gradient(loss, weights)):
            weight.assign_sub(rate * slope)
        hit = tf.equal(tf.argmax(scores, axis=1, output_type=tf.int32), label)
        return loss, tf.reduce_mean(tf.cast(hit, tf.float32))

    return step


colour, label = beans()
sorter = BeanSorter(colour.shape[1], 48, len(DEFECTS))
step = make_step(sorter, rate=0.008)
batches = tf.data.Dataset.from_tensor_slices((colour, label)).shuffle(1500, seed=77).batch(50, drop_remainder=True)

for epoch in range(1, 21):
    results = [(float(loss), float(hit)) for loss, hit in (step(c, k) for c, k in batches)]
    loss, hit = np.mean(results, axis=0)
    print(f"epoch {epoch:2d}  loss {loss:10.4f}  right {hit:.3f}")
