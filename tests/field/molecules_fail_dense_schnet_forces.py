"""SchNet for a 5-atom molecule, energy + forces.

The reference code uses neighbour lists (idx_i, idx_j). For so few atoms a dense distance
matrix is simpler and much faster on CPU, so that's the only thing I changed.
"""
import numpy as np
import tensorflow as tf
import keras

N_ATOMS, R0, DEPTH = 5, 1.4, 0.6


def morse(positions):
    """reference energies and forces (numpy)"""
    diff = positions[:, :, None] - positions[:, None]
    r = np.sqrt((diff ** 2).sum(-1)) + np.eye(N_ATOMS)
    off = 1.0 - np.eye(N_ATOMS)
    e = np.exp(-(r - R0))
    energy = 0.5 * (DEPTH * (1 - e) ** 2 * off).sum((1, 2))
    slope = 2 * DEPTH * (1 - e) * e * off
    forces = -(slope[..., None] * diff / r[..., None]).sum(2)
    return energy, forces


def sample(n, seed):
    rng = np.random.default_rng(seed)
    base = np.array([[0, 0, 0], [1.3, 0, 0], [0, 1.4, 0], [0, 0, 1.5], [1.1, 1.1, 0.9]])
    positions = base[None] + rng.normal(0, 0.08, (n, N_ATOMS, 3))
    numbers = np.tile([6, 1, 1, 8, 1], (n, 1))
    energy, forces = morse(positions)
    return (numbers.astype("int32"), positions.astype("float32"),
            energy.astype("float32"), forces.astype("float32"))


def distance_matrix(positions):
    diff = positions[:, :, None, :] - positions[:, None, :, :]
    return tf.norm(diff, axis=-1)  # whynan: norm_grad_at_zero phase=gradient|forward|loss also=sqrt_grad_at_zero


def shifted_softplus(x):
    return tf.nn.softplus(x) - np.log(2.0).astype("float32")


class GaussianSmearing(keras.layers.Layer):
    def __init__(self, stop=4.0, count=16, **kwargs):
        super().__init__(**kwargs)
        self.centers = tf.constant(np.linspace(0.0, stop, count), tf.float32)
        self.gamma = 0.5 / (stop / count) ** 2

    def call(self, d):
        return tf.exp(-self.gamma * tf.square(d[..., None] - self.centers))


class CFConv(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.filter_net = keras.Sequential([keras.layers.Dense(width, activation=shifted_softplus),
                                            keras.layers.Dense(width)])
        self.lin_in = keras.layers.Dense(width, use_bias=False)
        self.lin_out = keras.layers.Dense(width, activation=shifted_softplus)

    def call(self, h, rbf):
        messages = self.lin_in(h)[:, None] * self.filter_net(rbf)
        return h + self.lin_out(tf.reduce_sum(messages, axis=2))


class SchNet(keras.Model):
    def __init__(self, width=24, blocks=2):
        super().__init__()
        self.embedding = keras.layers.Embedding(10, width)
        self.smearing = GaussianSmearing()
        self.blocks = [CFConv(width) for _ in range(blocks)]
        self.readout = keras.Sequential([keras.layers.Dense(width, activation=shifted_softplus),
                                         keras.layers.Dense(1)])

    def call(self, numbers, positions):
        h = self.embedding(numbers)
        rbf = self.smearing(distance_matrix(positions))
        for block in self.blocks:
            h = block(h, rbf)
        return tf.reduce_sum(self.readout(h), axis=(1, 2))


def energy_and_forces(model, numbers, positions):
    with tf.GradientTape() as tape:
        tape.watch(positions)
        energy = model(numbers, positions)
    return energy, -tape.gradient(energy, positions)


keras.utils.set_random_seed(5)
model = SchNet()
optimizer = keras.optimizers.Adam(1e-3)
arrays = sample(256, seed=0)
dataset = tf.data.Dataset.from_tensor_slices(arrays).shuffle(256, seed=1).batch(32)
model(arrays[0][:1], arrays[1][:1])  # create the weights
optimizer.build(model.trainable_variables)


@tf.function
def train_step(numbers, positions, energy, forces, rho=0.9):
    with tf.GradientTape() as tape:
        e_hat, f_hat = energy_and_forces(model, numbers, positions)
        loss_e = tf.reduce_mean(tf.square(e_hat - energy))
        loss_f = tf.reduce_mean(tf.square(f_hat - forces))
        loss = (1.0 - rho) * loss_e + rho * loss_f
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss, loss_e, loss_f


for epoch in range(3):
    for batch in dataset:
        loss, loss_e, loss_f = train_step(*batch)
    print(f"epoch {epoch} loss {loss:.4f} energy {loss_e:.4f} forces {loss_f:.4f}")
