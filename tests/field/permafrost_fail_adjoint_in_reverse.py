"""Thermal diffusivity of permafrost sites, estimated from one week of hourly surface temperatures and the
borehole profile at the end of the week. To keep memory flat I wrote the backward pass of the heat solver
myself (adjoint method, nothing stored). The first loss is perfectly sensible (about one degree squared),
after the first call of apply_gradients every weight is nan. Learning rate does not matter."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

NODES, HOURS, SITES = 18, 168, 48


def with_borders(temp, surface):
    # surface is prescribed, no heat flux through the lower end
    return tf.concat([surface, temp, temp[:, -1:]], axis=1)


def make_sites(rng):
    soil = rng.uniform(0.0, 1.0, (SITES, 3)).astype("float32")        # ice, clay, organic fraction
    kappa = (0.2 + 0.22 * soil[:, :1] - 0.05 * soil[:, 2:]).astype("float32")
    depth = np.linspace(0.05, 1.0, NODES, dtype="float32")
    start = (-6.0 + 4.0 * depth + rng.normal(0, 0.4, (SITES, 1))).astype("float32")
    hours = np.arange(HOURS)
    surface = (-4.0 + 5.0 * np.sin(2 * np.pi * hours / 24.0)[None]
               + rng.normal(0, 1.0, (SITES, HOURS))).astype("float32")
    temp = start.copy()
    for k in range(HOURS):
        p = np.concatenate([surface[:, k:k + 1], temp, temp[:, -1:]], axis=1)
        temp = temp + kappa * (p[:, :-2] - 2.0 * temp + p[:, 2:])
    profile = temp + rng.normal(0, 0.05, temp.shape).astype("float32")
    return soil, start, surface, profile.astype("float32")


@tf.custom_gradient
def week_of_heat(start, kappa, surface):
    temp = start
    for k in range(HOURS):
        p = with_borders(temp, surface[:, k:k + 1])
        temp = temp + kappa * (p[:, :-2] - 2.0 * temp + p[:, 2:])

    def grad(upstream):
        state, adjoint = temp, upstream
        no_surface = tf.zeros_like(surface[:, :1])
        g_kappa = tf.zeros_like(kappa)
        for k in reversed(range(HOURS)):
            p = with_borders(state, surface[:, k:k + 1])
            bend = p[:, :-2] - 2.0 * p[:, 1:-1] + p[:, 2:]  # whynan: wrong_custom_gradient phase=gradient also=exploding_gradient
            g_kappa += tf.reduce_sum(adjoint * bend, axis=1, keepdims=True)
            q = with_borders(adjoint, no_surface)
            adjoint = adjoint + kappa * (q[:, :-2] - 2.0 * adjoint + q[:, 2:])
            state = state - kappa * bend
        return adjoint, g_kappa, tf.zeros_like(surface)

    return temp, grad


class Diffusivity(keras.Model):
    """Soil composition -> dimensionless diffusivity, below 0.5 so that the explicit scheme is stable."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="tanh")
        self.out = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(0.8))

    def call(self, soil):
        return 0.5 * tf.sigmoid(self.out(self.hidden(soil)))


def main():
    soil, start, surface, profile = make_sites(np.random.default_rng(31))
    sites = tf.data.Dataset.from_tensor_slices((soil, start, surface, profile)).batch(16)
    model = Diffusivity()
    optimizer = keras.optimizers.Adam(2e-3)
    for epoch in range(8):
        losses = []
        for soil_b, start_b, surface_b, profile_b in sites:
            with tf.GradientTape() as tape:
                kappa = model(soil_b)
                final = week_of_heat(start_b, kappa, surface_b)
                loss = tf.reduce_mean(tf.square(final - profile_b))
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            losses.append(float(loss))
        print(f"epoch {epoch}: profile error {np.mean(losses):.4f}, last kappa {float(tf.reduce_mean(kappa)):.3f}")


if __name__ == "__main__":
    main()
