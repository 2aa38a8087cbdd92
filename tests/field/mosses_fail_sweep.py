"""Moss species from leaf-cell measurements: pick the l2 strength on a held-out split."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(314)

SPECIES = ["Bryum", "Dicranum", "Hypnum", "Polytrichum", "Sphagnum"]
N_FEATURES = 14


def load_measurements(n_rows=900):
    rng = np.random.default_rng(8)
    centres = rng.normal(0.0, 1.1, size=(len(SPECIES), N_FEATURES))
    label = rng.integers(0, len(SPECIES), size=n_rows)
    mixing = np.eye(N_FEATURES) + 0.15 * rng.normal(size=(N_FEATURES, N_FEATURES))
    cells = (centres[label] + rng.normal(0.0, 1.3, size=(n_rows, N_FEATURES))) @ mixing
    cells = 12.0 + 3.5 * cells  # micrometres
    return cells, label


def standardise(train, *others):
    mu, sd = train.mean(axis=0), train.std(axis=0)
    return [((a - mu) / sd).astype("float32") for a in (train, *others)]


def make_net():
    return keras.Sequential([
        keras.layers.Input((N_FEATURES,)),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(len(SPECIES)),
    ])


def train(x, y, strength, epochs=8, batch=64, lr=0.1):
    net = make_net()
    opt = keras.optimizers.SGD(lr)
    opt.build(net.trainable_variables)
    kernels = [v for v in net.trainable_variables if v.path.endswith("kernel")]
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            fit_term = cross_entropy(yb, net(xb, training=True))
            penalty = strength * tf.add_n([tf.reduce_sum(tf.square(k)) for k in kernels])  # whynan: regularization_too_large phase=forward|loss
            loss = fit_term + penalty
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        return loss

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000, seed=1).batch(batch)
    for epoch in range(epochs):
        losses = [float(step(xb, yb)) for xb, yb in data]
    return net, np.mean(losses)


def accuracy(net, x, y):
    return float(np.mean(np.argmax(net(x).numpy(), axis=1) == y))


def main():
    cells, label = load_measurements()
    order = np.random.permutation(len(cells))
    tr, va = order[:700], order[700:]
    x_train, x_valid = standardise(cells[tr], cells[va])
    y_train, y_valid = label[tr].astype("int32"), label[va]

    scores = {}
    for strength in np.logspace(-4, 2, 4):
        net, last = train(x_train, y_train, float(strength))
        scores[strength] = accuracy(net, x_valid, y_valid)
        print(f"l2={strength:9.4f}  train loss {last:10.4f}  valid acc {scores[strength]:.3f}")

    best = max(scores, key=scores.get)
    print("chosen strength:", best, "accuracy", scores[best])


if __name__ == "__main__":
    main()
