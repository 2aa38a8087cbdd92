"""D-optimal sampling plan: 120 candidate plots of a farm, quadratic response surface in clay content and slope,
one learnable weight per plot (softmax). The criterion improves nicely for a while, goes to huge values, and then
it is nan and my loop stops. Smaller steps only delay it."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)


def candidate_plots(n=120, seed=12):
    rng = np.random.default_rng(seed)
    clay = rng.normal(24.0, 7.0, n)
    slope = rng.gamma(2.0, 3.0, n)
    c = (clay - clay.mean()) / clay.std()
    s = (slope - slope.mean()) / slope.std()
    basis = np.stack([np.ones(n), c, s, c * s, c ** 2 - 1.0, s ** 2 - 1.0], axis=1)
    return tf.constant(basis, tf.float32)


class RmsStep:
    """Gradient divided by its running root mean square."""

    def __init__(self, rate, decay=0.9, eps=1e-8):
        self.rate, self.decay, self.eps = rate, decay, eps
        self.slots = {}

    def apply(self, grad, variable):
        key = variable.ref()
        if key not in self.slots:
            self.slots[key] = tf.Variable(tf.zeros_like(variable), trainable=False)
        slot = self.slots[key]
        slot.assign(self.decay * slot + (1.0 - self.decay) * tf.square(grad))
        variable.assign_sub(self.rate * grad / (tf.sqrt(slot) + self.eps))


class Plan(tf.Module):
    def __init__(self, plots):
        super().__init__()
        self.plots = plots
        self.logits = tf.Variable(tf.zeros([plots.shape[0]]), name="plot_logits")

    def weights(self):
        return tf.nn.softmax(self.logits)

    def information(self):
        return tf.matmul(self.plots, self.plots * self.weights()[:, None], transpose_a=True)


def optimise(plan, steps=900):
    optimizer = RmsStep(rate=0.05)
    history = []
    for step in range(steps):
        with tf.GradientTape() as tape:
            info = plan.information()
            loss = tf.linalg.logdet(info)  # whynan: wrong_sign_loss phase=forward|loss also=log_of_negative,log_of_zero,sqrt_of_negative,not_positive_definite
        history.append(float(loss))
        if not np.isfinite(history[-1]):
            print(f"step {step}: criterion is {history[-1]}, giving up")
            break
        optimizer.apply(tape.gradient(loss, plan.logits), plan.logits)
        if step % 50 == 0:
            used = int(tf.reduce_sum(tf.cast(plan.weights() > 1e-3, tf.int32)))
            print(f"step {step:4d}: criterion {history[-1]:9.3f}, plots in use {used}")
    return history


if __name__ == "__main__":
    plan = Plan(candidate_plots())
    history = optimise(plan)
    best = np.argsort(-plan.weights().numpy())[:10]
    print("plots to core:", best, "last criterion:", history[-1])
