"""PINN for the emptying of a brewery vat (Torricelli).

    dh/dt = -c * sqrt(h),   h(0) = 1,   t in [0, T]

Time is mapped to tau in [-1, 1] because tanh networks like centred inputs.
Exact solution for comparison: h = (1 - c t / 2)^2
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

C = 0.012        # 1/s, outlet area / vat area * sqrt(2 g / h0)
T_END = 120.0    # s
N_COLLOCATION = 200
EPOCHS = 300


def to_tau(t):
    return 2.0 * t / T_END - 1.0


def exact(t):
    return (1.0 - 0.5 * C * t) ** 2


class HeightNet(keras.Model):
    def __init__(self, width=24, depth=3):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="tanh") for _ in range(depth)]
        self.out = keras.layers.Dense(1)

    def call(self, tau):
        x = tau
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)


net = HeightNet()
tau_f = tf.constant(np.linspace(-1.0, 1.0, N_COLLOCATION), dtype=tf.float32)[:, None]
tau_0 = tf.constant([[-1.0]])
net(tau_0)

optimizer = keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(5e-3, 100, 0.9))
optimizer.build(net.trainable_variables)


def ode_residual(tau):
    with tf.GradientTape() as tape:
        tape.watch(tau)
        h = net(tau)
    dh_dtau = tape.gradient(h, tau)
    return dh_dtau * (2.0 / T_END) + C * tf.sqrt(h)  # whynan: sqrt_of_negative phase=forward|loss


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        loss_ode = tf.reduce_mean(tf.square(ode_residual(tau_f))) * 1e4
        loss_ic = tf.reduce_mean(tf.square(net(tau_0) - 1.0))
        loss = loss_ode + loss_ic
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return loss, loss_ode, loss_ic


history = []
for epoch in range(1, EPOCHS + 1):
    loss, loss_ode, loss_ic = train_step()
    history.append(float(loss))
    if epoch % 50 == 0:
        print(f"{epoch:4d}  total {float(loss):.3e}  ode {float(loss_ode):.3e}  ic {float(loss_ic):.3e}")

t_plot = np.linspace(0.0, T_END, 7, dtype="float32")[:, None]
h_pinn = net(to_tau(t_plot)).numpy()
for t, h, e in zip(t_plot[:, 0], h_pinn[:, 0], exact(t_plot)[:, 0]):
    print(f"t = {t:6.1f} s   PINN {h:.4f}   exact {e:.4f}")
