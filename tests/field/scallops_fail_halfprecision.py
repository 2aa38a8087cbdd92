"""Grade scallops from sorting-line measurements.

The small board on the sorting line only has half precision, so everything here
(weights, activations, optimizer) is kept in float16 as well.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
keras.config.set_dtype_policy("float16")

N = 1500
N_BEDS = 30
N_GRADES = 5
BATCH = 40
EPOCHS = 6
LR = 2e-3
RHO = 0.9
EPS = 1e-8


def make_catch(n):
    rng = np.random.default_rng(31)
    bed = rng.integers(0, N_BEDS, size=n)
    bed_quality = rng.normal(0, 0.7, size=N_BEDS)
    width = rng.normal(0, 1, size=n)
    weight = 0.8 * width + rng.normal(0, 0.5, size=n)
    gloss = rng.normal(0, 1, size=n)
    score = 1.2 * weight + 0.4 * gloss + bed_quality[bed] + rng.normal(0, 0.3, size=n)
    cuts = np.quantile(score, np.linspace(0, 1, N_GRADES + 1)[1:-1])
    grade = np.digitize(score, cuts)
    onehot = np.eye(N_BEDS)[bed]
    x = np.concatenate([np.stack([width, weight, gloss], axis=1), onehot], axis=1)
    return x.astype("float16"), grade.astype("int32")


x, y = make_catch(N)
x_train, y_train = x[:1240], y[:1240]
x_test, y_test = x[1240:], y[1240:]

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(N_GRADES),
])

weights = model.trainable_variables
squares = [tf.Variable(tf.zeros(w.shape, dtype=tf.float16), trainable=False) for w in weights]


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
    grads = tape.gradient(loss, weights)
    for w, s, g in zip(weights, squares, grads):
        s.assign(RHO * s + (1.0 - RHO) * tf.square(g))
        w.assign_sub(LR * g / (tf.sqrt(s) + EPS))  # whynan: float16_epsilon_underflow phase=update also=float16_optimizer_state
    return loss


ds = (tf.data.Dataset.from_tensor_slices((x_train, y_train))
      .shuffle(len(x_train), seed=31)
      .batch(BATCH))

for epoch in range(EPOCHS):
    losses = []
    for xb, yb in ds:
        losses.append(float(step(xb, yb)))
    pred = np.argmax(model(x_test, training=False).numpy().astype("float32"), axis=1)
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}  test acc {np.mean(pred == y_test):.3f}")
