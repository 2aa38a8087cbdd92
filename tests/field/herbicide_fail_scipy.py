# Dose response of weeds in pots. A tiny net predicts slope and ED50 of the log-logistic curve
# from plant traits; fitted full batch through scipy so that we can swap optimisers.
import numpy as np
import tensorflow as tf
import keras
from scipy.optimize import OptimizeResult, minimize

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

RATES = np.array([0.0, 5.0, 15.0, 45.0, 135.0, 405.0])     # g active ingredient per ha
TRAITS = ["leaf_area", "wax", "root_mass", "sla", "temperature"]


def trial(n_biotypes=60, replicates=3):
    traits = rng.normal(size=(n_biotypes, len(TRAITS)))
    ed50 = np.exp(3.2 + 0.6 * traits[:, 1] - 0.4 * traits[:, 4])
    slope = 1.2 + 0.5 / (1 + np.exp(-traits[:, 0]))
    X, d, y = [], [], []
    for b in range(n_biotypes):
        for rate in RATES:
            for _ in range(replicates):
                alive = 1.0 / (1.0 + (rate / ed50[b]) ** slope[b])
                X.append(traits[b])
                d.append(rate)
                y.append(alive + rng.normal(0, 0.05))
    return np.array(X, "float32"), np.array(d, "float32"), np.array(y, "float32")


class CurveNet(tf.Module):
    def __init__(self, n_in, hidden=16):
        super().__init__()
        g = tf.random.Generator.from_seed(5)
        self.w_in = tf.Variable(g.normal((n_in, hidden)) / n_in ** 0.5)
        self.b_in = tf.Variable(tf.zeros(hidden))
        self.w_out = tf.Variable(g.normal((hidden, 2)) * 0.1)
        self.b_out = tf.Variable([0.5, 3.0])

    def __call__(self, x):
        h = tf.tanh(x @ self.w_in + self.b_in)
        raw = h @ self.w_out + self.b_out
        return tf.nn.softplus(raw[:, 0]), raw[:, 1]


def remaining_biomass(net, traits, dose):
    slope, log_ed50 = net(traits)
    u = tf.exp(slope * (tf.math.log(dose) - log_ed50))  # whynan: log_of_zero phase=forward|gradient
    return 1.0 / (1.0 + u)


def adam(fun, x0, args=(), jac=None, callback=None, rate=0.02, beta1=0.9, beta2=0.999,
         eps=1e-8, maxiter=200, **unused):
    """``scipy.optimize.minimize`` compatible Adam."""
    x, m, v = x0.copy(), np.zeros_like(x0), np.zeros_like(x0)
    for i in range(1, maxiter + 1):
        g = jac(x, *args)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        x = x - rate * (m / (1 - beta1 ** i)) / (np.sqrt(v / (1 - beta2 ** i)) + eps)
        if callback is not None:
            callback(x)
    return OptimizeResult(x=x, fun=fun(x, *args), jac=g, nit=i, nfev=i, success=True)


X, dose, y = trial()
net = CurveNet(X.shape[1])
params = net.trainable_variables
sizes = [int(np.prod(p.shape)) for p in params]


@tf.function
def value_and_grads(traits, rate, biomass):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(remaining_biomass(net, traits, rate) - biomass))
    return loss, tape.gradient(loss, params)


def put(theta):
    for p, part in zip(params, np.split(theta, np.cumsum(sizes)[:-1])):
        p.assign(part.reshape(p.shape).astype("float32"))


def objective(theta):
    put(theta)
    loss, grads = value_and_grads(tf.constant(X), tf.constant(dose), tf.constant(y))
    history.append(float(loss))
    return float(loss), np.concatenate([g.numpy().ravel() for g in grads]).astype("float64")


history = []
start = np.concatenate([p.numpy().ravel() for p in params]).astype("float64")
result = minimize(objective, start, jac=True, method=adam, options={"maxiter": 200, "rate": 0.02})
put(result.x)
print("mse first/last:", history[0], history[-1])
slope, log_ed50 = net(tf.constant(X[:: len(RATES) * 3]))
for b in range(5):
    print(f"biotype {b}: ED50 {np.exp(log_ed50[b]):.1f} g/ha, slope {float(slope[b]):.2f}")
