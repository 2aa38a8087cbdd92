import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split

# factorization machine for second-hand motorbike prices
keras.utils.set_random_seed(2024)


def load_listings(n=2400, seed=2024):
    r = np.random.default_rng(seed)
    cc = r.choice([125, 300, 500, 650, 750, 900, 1200], n)
    year = r.integers(1998, 2024, n)
    age = 2024 - year
    km = np.clip(age * r.gamma(4, 900, n) + r.normal(0, 800, n), 50, 120000)
    list_price = 2500 + 11.5 * cc + r.normal(0, 700, n)
    abs_brakes = (r.random(n) < np.clip((year - 2002) / 20, 0, 1)).astype(int)
    owners = 1 + r.poisson(age / 8)
    price = list_price * np.exp(-0.075 * age - 4e-6 * km - 0.03 * owners + 0.08 * abs_brakes)
    price *= np.exp(r.normal(0, 0.12, n))
    return pd.DataFrame(
        dict(cc=cc, year=year, km=km.round(), list_price=list_price.round(),
             abs_brakes=abs_brakes, owners=owners, price=price.round(-1))
    )


bikes = load_listings()
target = np.log(bikes["price"])
target = (target - target.mean()) / target.std()
feats = bikes.drop(columns="price")

Xtr, Xte, ytr, yte = train_test_split(
    feats.to_numpy("float32"), target.to_numpy("float32"), test_size=0.2, random_state=0
)


class FactorizationMachine(tf.Module):
    def __init__(self, n_features, k=8):
        super().__init__()
        self.b = tf.Variable(0.0)
        self.w = tf.Variable(tf.zeros([n_features, 1]))
        self.v = tf.Variable(tf.random.normal([n_features, k], stddev=0.01))

    def __call__(self, x):
        first = tf.squeeze(x @ self.w, -1)
        total = tf.square(x @ self.v)
        own = tf.square(x) @ tf.square(self.v)
        return self.b + first + 0.5 * tf.reduce_sum(total - own, axis=-1)


fm = FactorizationMachine(Xtr.shape[1])
sgd = keras.optimizers.SGD(1e-3)
sgd.build(list(fm.trainable_variables))

ds = (
    tf.data.Dataset.from_tensor_slices((Xtr, ytr))
    .shuffle(4096, seed=1)
    .batch(64)
)


@tf.function
def run_epoch():
    total, batches = 0.0, 0.0
    for xb, yb in ds:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(fm(xb) - yb))  # whynan: unscaled_input phase=loss|gradient
        grads = tape.gradient(loss, fm.trainable_variables)
        sgd.apply_gradients(zip(grads, fm.trainable_variables))
        total += loss
        batches += 1.0
    return total / batches


for epoch in range(8):
    train_mse = run_epoch()
    test_mse = np.mean((fm(tf.constant(Xte)).numpy() - yte) ** 2)
    print(f"{epoch}: train {float(train_mse):.4f}  test {test_mse:.4f}")
