# UCI concrete strength, linear baseline. I decorate my train step for logging and for counting. Loss: 1e5, 1e14, ..., inf, nan
import functools
import numpy as np
import tensorflow as tf

tf.random.set_seed(0)


def counted(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return fn(*args, **kwargs)
    wrapper.calls = 0
    return wrapper


def log_every(n):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            out = fn(*args, **kwargs)
            wrapper.seen += 1
            if wrapper.seen % n == 1:
                print(f"[{fn.__name__}] step {wrapper.seen}: " + ", ".join(f"{k}={float(v):.4g}" for k, v in out.items()))
            return out
        wrapper.seen = 0
        return wrapper
    return decorate


def compiled(fn):
    graph = tf.function(fn)

    @functools.wraps(fn)
    def wrapper(*args):
        return graph(*args)
    return wrapper


class LinearModel(tf.Module):
    def __init__(self, features, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.random.normal([features, 1], stddev=0.1, seed=1))
        self.b = tf.Variable([30.0])

    def __call__(self, x):
        return tf.squeeze(tf.matmul(x, self.w), 1) + self.b


def mse(target, prediction):
    return tf.reduce_mean(tf.square(target - prediction))  # whynan: learning_rate_too_high phase=loss also=unscaled_input,exploding_gradient


model = LinearModel(8)
LEARNING_RATE = 0.01


@log_every(2)
@counted
@compiled
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = mse(y, model(x))
    grads = tape.gradient(loss, model.trainable_variables)
    for g, v in zip(grads, model.trainable_variables):
        v.assign_sub(LEARNING_RATE * g)
    return {"loss": loss, "b": model.b[0]}


def load():
    rng = np.random.default_rng(12)
    n = 400
    # kg per m3: cement, slag, ash, water, plasticizer, coarse agg., fine agg. and the age in days
    mean = np.array([281, 74, 54, 181, 6.2, 973, 773, 45.0])
    std = np.array([104, 86, 64, 21, 5.9, 77, 80, 63.0])
    x = np.maximum(mean + std * rng.normal(size=(n, 8)), 0)
    y = 0.09 * x[:, 0] - 0.1 * x[:, 3] + 8 * np.log1p(x[:, 7]) + rng.normal(size=n)
    return x.astype("float32"), y.astype("float32")


if __name__ == "__main__":
    x, y = load()
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(400, seed=2).batch(40, drop_remainder=True)
    for epoch in range(4):
        for xb, yb in data:
            out = train_step(xb, yb)
    print("steps", train_step.__wrapped__.calls, "final", float(out["loss"]))
