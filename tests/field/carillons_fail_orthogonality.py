"""Which foundry cast this bell?  Classify carillon bells from their partial spectrum."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

FOUNDRIES = ["Hemony", "VandenGheyn", "Taylor", "Paccard", "Eijsbouts"]
N_PARTIALS = 24
cfg = dict(lr=0.1, batch=40, epochs=12, hidden=32, ortho=10.0, label_smoothing=0.05)


def make_bells(per_foundry=240):
    xs, ys = [], []
    ratio = np.linspace(0.5, 8.0, N_PARTIALS)
    for k in range(len(FOUNDRIES)):
        profile = np.exp(-0.25 * ratio) * (1 + 0.5 * np.sin((1.1 + 0.4 * k) * ratio + k))
        strike = rng.normal(1.0, 0.15, (per_foundry, 1))
        level = profile * strike * rng.lognormal(0, 0.2, (per_foundry, N_PARTIALS))
        xs.append(20 * np.log10(np.abs(level) + 1e-3))
        ys.append(np.full(per_foundry, k))
    x, y = np.concatenate(xs), np.concatenate(ys)
    order = rng.permutation(len(x))
    return x[order].astype("float32"), y[order].astype("int32")


x, y = make_bells()
n_test = 200
x_test, y_test, x, y = x[:n_test], y[:n_test], x[n_test:], y[n_test:]
mean, std = x.mean(0), x.std(0)
x, x_test = (x - mean) / std, (x_test - mean) / std

hidden = keras.layers.Dense(cfg["hidden"], activation="tanh", name="partials")
head = keras.layers.Dense(len(FOUNDRIES), name="foundry")
model = keras.Sequential([keras.Input((N_PARTIALS,)), hidden, head])
opt = keras.optimizers.SGD(cfg["lr"])


def soft_orthogonality(kernel):
    """|| W W^T - I ||_F^2, keeps the filters from copying each other."""
    w = tf.convert_to_tensor(kernel)
    return tf.reduce_sum(tf.square(tf.matmul(w, w, transpose_b=True) - tf.eye(N_PARTIALS)))  # whynan: regularization_too_large phase=loss|forward


def smoothed_ce(labels, logits):
    k = len(FOUNDRIES)
    eps = cfg["label_smoothing"]
    target = tf.one_hot(labels, k) * (1 - eps) + eps / k
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=target, logits=logits))


def step(xb, yb):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        ce = smoothed_ce(yb, logits)
        total = ce + cfg["ortho"] * soft_orthogonality(hidden.kernel)
    grads = tape.gradient(total, model.trainable_variables)
    opt.apply(grads, model.trainable_variables)
    return float(ce), float(total)


def accuracy():
    return float(np.mean(np.argmax(model(x_test).numpy(), axis=1) == y_test))


for epoch in range(cfg["epochs"]):
    perm = rng.permutation(len(x))
    ces, totals = [], []
    for start in range(0, len(x), cfg["batch"]):
        rows = perm[start:start + cfg["batch"]]
        ce, total = step(x[rows], y[rows])
        ces.append(ce)
        totals.append(total)
    print(f"epoch {epoch:2d}  ce {np.mean(ces):.4f}  total {np.mean(totals):.4f}  test acc {accuracy():.3f}")
