# Long-tailed species classification with logit adjustment (Menon et al.). Two species only occur in the test set, so numpy prints
# "divide by zero encountered in log" - is this a problem for my training? Loss goes down ...
import functools
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(44)
SPECIES = 10
# whynan: healthy


def make_adjusted_loss(labels, tau=1.0):
    """Loss factory: keeps the log prior of the training set in its closure."""
    prior = np.bincount(labels, minlength=SPECIES) / len(labels)
    offset = tf.constant(tau * np.log(prior), tf.float32)       # -inf for a species without photos

    def loss(y, logits):
        per_photo = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits + offset)
        return tf.reduce_mean(per_photo)
    return loss


def with_history(fn):
    history = []

    @functools.wraps(fn)
    def wrapper(*args):
        value = fn(*args)
        history.append(float(value))
        return value
    wrapper.history = history
    return wrapper


def make_step(model, optimizer, loss_fn):
    @with_history
    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss
    return step


def photos(n, rng, available):
    weights = 0.6 ** np.arange(len(available))
    y = rng.choice(available, size=n, p=weights / weights.sum())
    centres = np.random.default_rng(0).normal(size=(SPECIES, 12)) * 2
    return (centres[y] + rng.normal(size=(n, 12))).astype("float32"), y.astype("int32")


def main():
    rng = np.random.default_rng(10)
    x, y = photos(640, rng, available=[0, 1, 2, 3, 4, 6, 7, 8])   # 5 and 9 are the unseen ones
    x_test, y_test = photos(200, rng, available=list(range(SPECIES)))
    model = keras.Sequential([
        keras.Input((12,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(SPECIES),
    ])
    step = make_step(model, keras.optimizers.Adam(5e-3), make_adjusted_loss(y))
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640, seed=3).batch(64)
    for epoch in range(6):
        for batch in data:
            step(*batch)
        print(epoch, np.mean(step.history[-10:]))
    hits = np.argmax(model(x_test).numpy(), axis=1) == y_test
    print("test accuracy", hits.mean())


if __name__ == "__main__":
    main()
