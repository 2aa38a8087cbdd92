# Which of the neighbouring masts matter for the power of the old mill?
# One ridge penalty per mast, learned by differentiating the validation error
# through the gradient-descent fit of the linear model.
import numpy as np
import tensorflow as tf
import keras

CONFIG = {
    "seed": 2024,
    "masts": 12,
    "inner": {"steps": 80, "lr": 1.0},
    "outer": {"steps": 25, "lr": 0.05, "start": -4.0},
}


def make_season(cfg):
    rng = np.random.default_rng(cfg["seed"])
    n = 600
    regional = rng.gamma(4.0, 1.8, size=(n, 1))
    local = rng.normal(0.0, 1.0, size=(n, cfg["masts"]))
    speed = regional * rng.uniform(0.8, 1.2, cfg["masts"]) + 2.5 * local
    true_weight = np.where(np.arange(cfg["masts"]) < 4, rng.normal(0.6, 0.2, cfg["masts"]), 0.0)
    power = speed @ true_weight + rng.normal(0, 2.0, n)
    speed = (speed - speed[:400].mean(0)) / speed[:400].std(0)
    power = (power - power[:400].mean()) / power[:400].std()
    return speed.astype("float32"), power.astype("float32")[:, None]


class UnrolledRidge:
    def __init__(self, x, y, steps, lr):
        self.x = tf.constant(x)
        self.y = tf.constant(y)
        self.n = float(len(x))
        self.steps = steps
        self.lr = lr

    def fit(self, log_penalty):
        shrink = tf.exp(log_penalty)
        w = tf.zeros([self.x.shape[1], 1])
        for _ in range(self.steps):
            residual = tf.matmul(self.x, w) - self.y
            grad = 2.0 * tf.matmul(self.x, residual, transpose_a=True) / self.n + 2.0 * shrink * w  # whynan: learning_rate_too_high phase=forward|loss|gradient also=exploding_gradient
            w = w - self.lr * grad
        return w


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    speed, power = make_season(cfg)
    x_train, y_train = speed[:400], power[:400]
    x_valid, y_valid = tf.constant(speed[400:]), tf.constant(power[400:])

    inner = UnrolledRidge(x_train, y_train, **cfg["inner"])
    log_penalty = keras.Variable(np.full((cfg["masts"], 1), cfg["outer"]["start"], "float32"), name="log_penalty")
    outer_opt = keras.optimizers.Adam(cfg["outer"]["lr"])

    for it in range(cfg["outer"]["steps"]):
        with tf.GradientTape() as tape:
            w = inner.fit(log_penalty)
            valid_loss = tf.reduce_mean(tf.square(tf.matmul(x_valid, w) - y_valid))
        hypergrad = tape.gradient(valid_loss, [log_penalty])
        outer_opt.apply_gradients(zip(hypergrad, [log_penalty]))
        if it % 5 == 0:
            print(f"outer {it:3d}  validation mse {float(valid_loss):.4f}")

    w = inner.fit(log_penalty).numpy()[:, 0]
    for mast, (coef, pen) in enumerate(zip(w, np.exp(log_penalty.numpy()[:, 0]))):
        print(f"mast {mast:2d}  weight {coef:+.3f}  penalty {pen:.4f}")


if __name__ == "__main__":
    main(CONFIG)
