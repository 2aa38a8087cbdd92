# Marine iguanas: body condition from field measures.
# Linear model; rows that were hard count more in the next visits (like boosting, but with SGD).
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

n = 1280
island = rng.choice(["Fernandina", "Genovesa", "Santa Fe"], n)
df = pd.DataFrame({
    "snout_vent": rng.normal(31, 6, n),
    "tail": rng.normal(42, 7, n),
    "jaw": rng.normal(4.2, 0.6, n),
    "sea_temp": rng.normal(22.5, 2.4, n),
    "algae_cover": rng.beta(2, 3, n),
})
mass = (
    0.09 * df.snout_vent + 0.02 * df["tail"] - 0.16 * (df.sea_temp - 22) + 1.3 * df.algae_cover
    + np.where(island == "Genovesa", -0.9, 0.2) + rng.normal(0, 0.85, n)
)
df["genovesa"] = (island == "Genovesa").astype(float)

X = ((df - df.mean()) / df.std()).to_numpy("float32")
y = ((mass - mass.mean()) / mass.std()).to_numpy("float32")[:, None]

BATCH, EPOCHS = 64, 60
model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(5e-3)
row_loss = tf.Variable(tf.zeros([n]), trainable=False, name="row_loss")


@tf.function
def train_batch(rows, xb, yb):
    hard = tf.gather(row_loss, rows)
    weight = tf.exp(hard) / tf.reduce_mean(tf.exp(hard))  # whynan: exp_overflow phase=forward|loss
    with tf.GradientTape() as tape:
        sq = tf.square(yb - model(xb, training=True))[:, 0]
        loss = tf.reduce_mean(weight * sq)
    opt.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    row_loss.scatter_add(tf.IndexedSlices(sq, rows))
    return loss, tf.reduce_mean(sq)


log = []
for epoch in range(EPOCHS):
    perm = rng.permutation(n).astype("int32")
    weighted, plain = [], []
    for b in range(n // BATCH):
        rows = perm[b * BATCH:(b + 1) * BATCH]
        l, p = train_batch(tf.constant(rows), tf.constant(X[rows]), tf.constant(y[rows]))
        weighted.append(float(l))
        plain.append(float(p))
    log.append({"epoch": epoch, "weighted": np.mean(weighted), "plain": np.mean(plain)})
    if epoch % 6 == 5:
        print(f"epoch {epoch + 1:2d}  weighted loss {log[-1]['weighted']:.4f}  mse {log[-1]['plain']:.4f}")

print(pd.DataFrame(log).tail(10).to_string(index=False))
print("coefficients:", dict(zip(df.columns, model.get_weights()[0][:, 0].round(3))))
