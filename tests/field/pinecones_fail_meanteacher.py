"""Semi-supervised species identification from pine cone measurements.

Mean teacher (Tarvainen & Valpola): few labelled cones, many unlabelled ones.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

N_CLASSES, N_FEAT = 4, 8
EPOCHS = 40
EMA_DECAY = 0.95
MAX_CONSISTENCY = 4.0


def measure(n):
    species = rng.integers(0, N_CLASSES, n)
    centre = rng.normal(scale=1.1, size=(N_CLASSES, N_FEAT))
    x = centre[species] + rng.normal(size=(n, N_FEAT))
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), species.astype("int32")


def make_net(name):
    return keras.Sequential([
        layers.Input((N_FEAT,)),
        layers.Dense(32, activation="leaky_relu"),
        layers.Dense(32, activation="leaky_relu"),
        layers.Dense(N_CLASSES),
    ], name=name)


X, y = measure(1360)
x_lab, y_lab = X[:160], y[:160]
x_unl = X[160:1120]
x_test, y_test = X[1120:], y[1120:]

student = make_net("student")
teacher = make_net("teacher")
teacher.set_weights(student.get_weights())
opt = keras.optimizers.Adam(1.5e-3)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def jitter(x):
    return x + tf.random.normal(tf.shape(x), stddev=0.15)


def update_teacher():
    for t, s in zip(teacher.weights, student.weights):
        t.assign_sub((1.0 - EMA_DECAY) * (s - t))


@tf.function
def step(xl, yl, xu, weight):
    soft_target = tf.nn.softmax(teacher(jitter(xu), training=False))  # whynan: exploding_gradient phase=forward also=wrong_update_rule
    with tf.GradientTape() as tape:
        supervised = xent(yl, student(xl, training=True))
        soft = tf.nn.softmax(student(jitter(xu), training=True))
        consistency = tf.reduce_mean(tf.square(soft - soft_target))
        loss = supervised + weight * consistency
    grads = tape.gradient(loss, student.trainable_variables)
    opt.apply_gradients(zip(grads, student.trainable_variables))
    update_teacher()
    return supervised, consistency


labelled = tf.data.Dataset.from_tensor_slices((x_lab, y_lab)).shuffle(160, seed=1).repeat().batch(32)
unlabelled = tf.data.Dataset.from_tensor_slices(x_unl).shuffle(960, seed=2).batch(32)

for epoch in range(EPOCHS):
    ramp = MAX_CONSISTENCY * np.exp(-5.0 * (1.0 - min(1.0, epoch / 10)) ** 2)
    sup, con = [], []
    for (xl, yl), xu in zip(labelled, unlabelled):
        a, b = step(xl, yl, xu, tf.constant(ramp, tf.float32))
        sup.append(float(a))
        con.append(float(b))
    if epoch % 3 == 0:
        acc = np.mean(np.argmax(student(x_test), axis=1) == y_test)
        print(f"{epoch:3d} supervised {np.mean(sup):.4f} consistency {np.mean(con):.4f} test acc {acc:.3f}")
