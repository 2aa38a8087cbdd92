# Poisson GLM for claim counts, XLA compiled step. First printed loss is already inf
import numpy as np
import pandas as pd
import tensorflow as tf

tf.random.set_seed(0)


def load_policies(n=512):
    rng = np.random.default_rng(21)
    df = pd.DataFrame(
        {
            "income": rng.normal(62000, 15000, n).clip(15000),
            "age": rng.integers(18, 80, n),
            "vehicle_value": rng.lognormal(9.5, 0.4, n),
        }
    )
    df["claims"] = rng.poisson(np.exp(0.3 - 0.01 * df["age"]))
    return df


class LinearPredictor(tf.Module):
    def __init__(self, n_features):
        super().__init__()
        self.coef = tf.Variable(tf.fill([n_features, 1], 0.01), name="coef")
        self.intercept = tf.Variable(0.0, name="intercept")

    def __call__(self, x):
        return tf.squeeze(tf.matmul(x, self.coef), -1) + self.intercept


class PoissonGLM(LinearPredictor):
    def rate(self, x):
        eta = super().__call__(x)
        return tf.exp(eta), eta  # whynan: exp_overflow phase=forward also=unscaled_input


glm = PoissonGLM(3)


@tf.function(jit_compile=True)
def train_step(x, y, lr):
    with tf.GradientTape() as tape:
        mu, eta = glm.rate(x)
        nll = tf.reduce_mean(mu - y * eta)
    grads = tape.gradient(nll, glm.trainable_variables)
    for var, g in zip(glm.trainable_variables, grads):
        var.assign_sub(lr * g)
    return nll


df = load_policies()
claims = df.pop("claims").to_numpy("float32")
X = df.to_numpy("float32")

for epoch in range(5):
    for i in range(0, len(X), 64):
        nll = train_step(tf.constant(X[i:i + 64]), tf.constant(claims[i:i + 64]), tf.constant(1e-4))
    print(f"epoch {epoch}: nll = {nll.numpy()}")
print("coefficients:", glm.coef.numpy().ravel())
