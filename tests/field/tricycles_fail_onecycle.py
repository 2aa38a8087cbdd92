# Which tricycle stood on the test bench? (cargo / child / rickshaw-like) from 9 bench readings
# Adamax with one-cycle, twice in a row
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)

UP, DOWN, TAIL = 25, 25, 10
RATES = (4e-4, 8e-3, 4e-6)
MOMENTA = (0.95, 0.85, 1.0)


def bench(n=600):
    kind = rng.integers(0, 3, n)
    base = np.array([
        [42, 1.9, 24, 180, 3.1, 0.9, 7, 12.0, 55],
        [11, 0.9, 12, 35, 1.2, 0.5, 1, 3.5, 22],
        [61, 2.3, 26, 260, 2.8, 1.1, 6, 15.0, 48],
    ])
    wobble = np.array([9, 0.4, 4, 60, 0.8, 0.2, 2, 4.0, 14])
    x = base[kind] + rng.normal(size=(n, 9)) * wobble
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), kind.astype("int32")


def one_cycle():
    """rate and momentum, one value per step"""
    low, high, end = RATES
    rate = np.concatenate([
        np.linspace(low, high, UP),
        np.linspace(high, low, DOWN),
        np.linspace(low, end, TAIL),
    ])
    top, bottom, last = MOMENTA
    momentum = np.concatenate([
        np.linspace(top, bottom, UP),
        np.linspace(bottom, top, DOWN),
        np.linspace(top, last, TAIL),
    ])
    return list(zip(rate.tolist(), momentum.tolist()))


x, y = bench()
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(600, seed=3).batch(50)

model = keras.Sequential([
    keras.Input((9,)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(3),
])
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.Adamax(learning_rate=RATES[0], beta_1=MOMENTA[0])
opt.build(model.trainable_variables)

plan = one_cycle() * 2
step = 0
while step < len(plan):
    losses = []
    for xb, yb in batches:
        opt.learning_rate, opt.beta_1 = plan[step]
        with tf.GradientTape() as tape:
            loss = ce(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))  # whynan: divide_by_zero phase=update also=lr_schedule_invalid
        losses.append(float(loss))
        step += 1
    print(f"step {step:4d}  loss {np.mean(losses):.4f}  rate {float(opt.learning_rate):.2e}")

hits = np.argmax(model(x).numpy(), axis=1) == y
print(f"accuracy on the bench: {hits.mean():.3f}")
