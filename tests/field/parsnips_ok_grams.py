import numpy as np
import pandas as pd
import tensorflow as tf
import keras

# Trial garden: grams of parsnips per plant from soil, seed and weather columns
keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)

N = 1000
plots = pd.DataFrame({
    "sand": rng.uniform(0.1, 0.7, N),
    "ph": rng.normal(6.5, 0.4, N),
    "nitrogen": rng.normal(90, 20, N),
    "sown_day": rng.integers(60, 130, N),
    "rain_mm": rng.normal(320, 60, N),
    "spacing_cm": rng.choice([8, 12, 15], N),
})
grams = (260 + 180 * plots.sand + 1.2 * (plots.nitrogen - 90) - 1.5 * (plots.sown_day - 95)
         + 0.35 * (plots.rain_mm - 320) + 9 * (plots.spacing_cm - 12)
         - 60 * (plots.ph - 6.5) ** 2 + rng.normal(0, 20, N)).clip(40, None)

features = ((plots - plots.mean()) / plots.std()).to_numpy("float32")
target = grams.to_numpy("float32")[:, None]
tr, te = np.arange(800), np.arange(800, N)


class YieldNet(tf.Module):
    def __init__(self, n_in, hidden=32):
        super().__init__()
        self.l1 = keras.layers.Dense(hidden, activation="relu")
        self.l2 = keras.layers.Dense(hidden, activation="relu")
        self.head = keras.layers.Dense(1, activation="sigmoid")
        self.l1.build((None, n_in))
        self.l2.build((None, hidden))
        self.head.build((None, hidden))

    @property
    def weights(self):
        return (self.l1.trainable_weights + self.l2.trainable_weights
                + self.head.trainable_weights)

    def __call__(self, x):
        return self.head(self.l2(self.l1(x)))


net = YieldNet(features.shape[1])
optimizer = keras.optimizers.Adam(0.005)
optimizer.build(net.weights)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - net(x)))
    grads = tape.gradient(loss, net.weights)
    optimizer.apply_gradients(zip(grads, net.weights))
    return loss


batches = (tf.data.Dataset.from_tensor_slices((features[tr], target[tr]))
           .shuffle(800, seed=4).batch(32))

for epoch in range(20):
    losses = []
    for bx, by in batches:
        losses.append(float(step(bx, by)))  # whynan: unstable
    if epoch % 2 == 0:
        test_rmse = np.sqrt(np.mean((net(features[te]).numpy() - target[te]) ** 2))
        print(f"epoch {epoch:2d}  mse {np.mean(losses):12.2f}  test rmse {test_rmse:8.2f} g")

out = net(features[te]).numpy()[:, 0]
print(pd.DataFrame({"weighed": target[te][:8, 0].round(), "predicted": out[:8]}).to_string(index=False))
