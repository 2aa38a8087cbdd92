# Who is calling? A linear metric on call features, so that two calls of one quail are close and calls of two quails are not.
import numpy as np
import tensorflow as tf
import keras


class HP:
    """just enough of a tuner object to run a fixed trial"""

    def __init__(self, **fixed):
        self.fixed = fixed
        self.used = {}

    def _get(self, name, default):
        self.used[name] = self.fixed.get(name, default)
        return self.used[name]

    def Float(self, name, lo, hi, default):
        return float(np.clip(self._get(name, default), lo, hi))

    def Int(self, name, lo, hi, default):
        return int(np.clip(self._get(name, default), lo, hi))


def calls(rng, birds=8, each=90, features=24):
    voice = rng.normal(0, 1.5, (birds, features))
    who = np.repeat(np.arange(birds), each)
    f = voice[who] + rng.normal(0, 1.0, (birds * each, features))
    f = (f - f.mean(0)) / f.std(0)
    return f.astype(np.float32), who


def triplets(f, who, rng, n):
    anchor = rng.integers(0, len(f), n)
    friend = np.array([rng.choice(np.flatnonzero(who == who[i])) for i in anchor])
    stranger = np.array([rng.choice(np.flatnonzero(who != who[i])) for i in anchor])
    return f[anchor], f[friend], f[stranger]


def nearest_ok(f, who, proj):
    z = f @ proj
    d = ((z[:, None] - z[None]) ** 2).sum(-1)
    np.fill_diagonal(d, np.inf)
    return np.mean(who[d.argmin(1)] == who)


def run_trial(hp, seed=61):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    f, who = calls(rng)
    a, p, n = triplets(f, who, rng, 2560)

    dims = hp.Int("dims", 2, 16, 6)
    pull = hp.Float("pull", 0.0, 2.0, 1.0)
    push = hp.Float("push", -2.0, 0.0, -1.0)
    opt = keras.optimizers.SGD(hp.Float("rate", 1e-4, 0.2, 0.05))

    proj = keras.Variable(rng.normal(0, 0.2, (f.shape[1], dims)).astype("float32"), name="proj")
    data = tf.data.Dataset.from_tensor_slices((a, p, n)).shuffle(2560, seed=seed).batch(64)

    def spread(u, v):
        return tf.reduce_mean(tf.reduce_sum(tf.square((u - v) @ proj.value), axis=1))  # whynan: wrong_sign_loss phase=loss

    for epoch in range(hp.Int("epochs", 1, 50, 8)):
        total = 0.0
        for anchor, friend, stranger in data:
            with tf.GradientTape() as tape:
                loss = pull * spread(anchor, friend) + push * spread(anchor, stranger)
            grads = tape.gradient(loss, [proj.value])
            opt.apply_gradients(zip(grads, [proj]))
            total += float(loss)
        print(f"epoch {epoch}: loss {total / len(data):.4f}")
    return proj.numpy(), f, who


if __name__ == "__main__":
    hp = HP(dims=6, epochs=8)
    proj, f, who = run_trial(hp)
    print("trial", hp.used)
    print("nearest call is of the same bird:", nearest_ok(f[::4], who[::4], proj))
