# which price board to put up at the tangerine stand each morning
# direct policy optimisation on replayed days, temperature goes down like in annealing
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rs = np.random.RandomState(31)

PRICES = np.array([120, 150, 180, 220, 260, 300, 360, 450], "float32")   # yen per bag
DAYS = 1600

temp_c = rs.normal(14, 7, DAYS)
weekend = (np.arange(DAYS) % 7 >= 5).astype(float)
rain = (rs.rand(DAYS) < 0.3).astype(float)
crates = rs.poisson(12, DAYS).astype(float)

base = 220 * np.exp(0.35 * weekend - 0.5 * rain - 0.02 * (temp_c - 14))
elastic = 1.6 + 0.8 * rain - 0.5 * weekend
wanted = base[:, None] * (PRICES[None, :] / 180.0) ** (-elastic[:, None])
sold = np.minimum(rs.poisson(wanted), 18 * crates[:, None])
revenue = (sold * PRICES).astype("float32")
print("revenue per day, best board in hindsight:", revenue.max(1).mean())

state = np.stack([(temp_c - 14) / 7, weekend, rain, (crates - 12) / 3.5], 1).astype("float32")
split = 1300

policy = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(len(PRICES)),
])
opt = keras.optimizers.Adam(3e-3)


@tf.function
def train_step(s, r, temperature, bonus):
    with tf.GradientTape() as tape:
        logits = policy(s, training=True) / temperature
        p = tf.nn.softmax(logits)
        income = tf.reduce_mean(tf.reduce_sum(p * r, axis=1))
        q = tf.where(p > 1e-20, p, 1.0)
        entropy = -tf.reduce_mean(tf.reduce_sum(q * tf.math.log(q), axis=1))
        loss = -income - bonus * entropy
    grads = tape.gradient(loss, policy.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, 5.0)
    opt.apply_gradients(zip(grads, policy.trainable_variables))  # whynan: healthy
    return loss, entropy, norm


opt.build(policy.trainable_variables)
ds = tf.data.Dataset.from_tensor_slices((state[:split], revenue[:split]))
ds = ds.shuffle(split, seed=8).batch(100)

n_epochs = 30
for epoch in range(n_epochs):
    temperature = max(0.01, 0.86 ** epoch)
    bonus = 3000.0 * temperature
    rows = []
    for s, r in ds:
        out = train_step(s, r, tf.constant(temperature, tf.float32),
                         tf.constant(bonus, tf.float32))
        rows.append([float(v) for v in out])
    loss, entropy, norm = np.mean(rows, axis=0)
    if epoch % 3 == 0 or epoch == n_epochs - 1:
        print(f"epoch {epoch:2d}  T={temperature:.3f}  loss {loss:12.1f}  "
              f"entropy {entropy:.2e}  grad norm before clip {norm:.1f}")

board = np.argmax(policy(state[split:]).numpy(), axis=1)
held = revenue[split:]
got = held[np.arange(len(board)), board].mean()
print("held out days:", got, " always 180 yen:", held[:, 2].mean(),
      " hindsight:", held.max(1).mean())
