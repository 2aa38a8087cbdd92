"""
Read the letters somebody filled into a scanned crossword (26 classes).
Has to run on the little ARM box under the scanner later on, therefore everything in half precision.
"""
import numpy as np
import keras

keras.utils.set_random_seed(9)
keras.config.set_floatx("float16")

SIDE = 14
CLASSES = 26
rng = np.random.default_rng(14)

# one pen-stroke skeleton per letter, jittered per writer; the grid lines of the puzzle are already cut away
skeletons = rng.random((CLASSES, 8, 8)) < 0.33


def cell(letter):
    img = np.zeros((SIDE, SIDE), "float32")
    dy, dx = rng.integers(2, 5, 2)
    ink = skeletons[letter] & (rng.random((8, 8)) > 0.08)
    img[dy:dy + 8, dx:dx + 8] = ink * rng.uniform(0.6, 1.0)
    return img


def make_set(n):
    letters = rng.integers(0, CLASSES, n)
    return np.stack([cell(c) for c in letters]).reshape(n, -1), letters


def batches(x, y, size):
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        pick = order[start:start + size]
        yield x[pick], y[pick]


x_train, y_train = make_set(2400)
x_test, y_test = make_set(400)
x_train, x_test = x_train.astype("float16"), x_test.astype("float16")

model = keras.Sequential([
    keras.Input((SIDE * SIDE,)),
    keras.layers.Dense(96, activation="relu"),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(CLASSES),
])

# same settings as in the paper
adam = keras.optimizers.Adam(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
model.compile(
    optimizer=adam,
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
print("weights:", model.count_params(), " bytes:", sum(w.numpy().nbytes for w in model.weights))

for epoch in range(5):
    seen = []
    for xb, yb in batches(x_train, y_train, 60):
        loss, acc = model.train_on_batch(xb, yb)  # whynan: float16_epsilon_underflow phase=update also=float16_optimizer_state
        seen.append((float(loss), float(acc)))
    tr_loss, tr_acc = np.mean(seen, axis=0)
    guess = model.predict(x_test, verbose=0).argmax(axis=1)
    print(f"epoch {epoch}: loss {tr_loss:.3f} acc {tr_acc:.3f}  test acc {(guess == y_test).mean():.3f}")

confused = [(chr(65 + t), chr(65 + g)) for t, g in zip(y_test, guess) if t != g][:8]
print("first mix-ups (is, read as):", confused)
