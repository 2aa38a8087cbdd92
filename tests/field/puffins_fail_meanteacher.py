# puffin burrows: occupied / empty / unsure, from acoustic summary features
# few labels (someone has to put an arm in the burrow), many recordings -> mean teacher
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 19
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

N_LABELLED, N_FREE, N_FEATURES, N_CLASSES = 192, 1600, 24, 3
KEEP = 0.95
STEPS_PER_EPOCH = 50
EPOCHS = 22
MAX_CONSISTENCY = 2.0


def burrows(n):
    kind = rng.integers(0, N_CLASSES, n)
    centre = np.random.default_rng(4).normal(0, 0.7, (N_CLASSES, N_FEATURES))
    return (centre[kind] + rng.normal(0, 1.0, (n, N_FEATURES))).astype("float32"), kind.astype("int32")


x_lab, y_lab = burrows(N_LABELLED)
x_free, _ = burrows(N_FREE)
x_test, y_test = burrows(400)


def network():
    return keras.Sequential(
        [
            keras.Input((N_FEATURES,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(N_CLASSES),
        ]
    )


student = network()
teacher = network()
teacher.set_weights(student.get_weights())
adam = keras.optimizers.Adam(1e-3)
adam.build(student.trainable_variables)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def jitter(x, size=0.15):
    return x + tf.random.normal(tf.shape(x), stddev=size)


@tf.function
def step(xl, yl, xu, consistency):
    soft = tf.nn.softmax(teacher(jitter(xu), training=False))  # whynan: exploding_gradient phase=forward
    with tf.GradientTape() as tape:
        supervised = cross_entropy(yl, student(jitter(xl), training=True))
        agree = tf.reduce_mean(tf.square(tf.nn.softmax(student(jitter(xu), training=True)) - soft))
        loss = supervised + consistency * agree
    grads = tape.gradient(loss, student.trainable_variables)
    adam.apply_gradients(zip(grads, student.trainable_variables))
    for slow, fast in zip(teacher.trainable_variables, student.trainable_variables):
        slow.assign_sub((1.0 - KEEP) * (fast - slow))
    return supervised, agree


labelled = iter(
    tf.data.Dataset.from_tensor_slices((x_lab, y_lab)).shuffle(N_LABELLED, seed=SEED).repeat().batch(32)
)
free = iter(tf.data.Dataset.from_tensor_slices(x_free).shuffle(N_FREE, seed=SEED).repeat().batch(32))

for epoch in range(EPOCHS):
    ramp = tf.constant(MAX_CONSISTENCY * min(1.0, (epoch + 1) / 5), tf.float32)
    sup, con = [], []
    for _ in range(STEPS_PER_EPOCH):
        xl, yl = next(labelled)
        a, b = step(xl, yl, next(free), ramp)
        sup.append(float(a))
        con.append(float(b))
    acc = np.mean(np.argmax(student(x_test, training=False).numpy(), 1) == y_test)
    print(f"{epoch:3d}  supervised {np.mean(sup):.4f}  consistency {np.mean(con):.4f}  student acc {acc:.3f}")
