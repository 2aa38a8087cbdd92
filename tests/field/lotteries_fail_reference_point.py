"""Prospect theory for choices between two lotteries, first one curve for everybody, then a reference point per person.

Stage one (curve, weighting, noise) behaves: the negative log-likelihood falls steadily.
Stage two only frees the reference points, with a much smaller rate, and from its second batch on
everything is nan. I suspected the logarithm in the probability weighting, but clipping it changed nothing.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@dataclasses.dataclass(frozen=True)
class Settings:
    seed: int = 11
    people: int = 24
    trials: int = 70
    batch: int = 96
    curve_epochs: int = 6
    person_epochs: int = 5
    curve_rate: float = 0.03
    person_rate: float = 0.002


PAYOFFS = np.array([-80, -50, -30, -10, 0, 10, 25, 40, 60, 100], dtype="float32")
CHANCES = np.array([0.1, 0.25, 0.5, 0.75, 0.9, 1.0], dtype="float32")


def draw_lotteries(rng, count):
    """Two lotteries with two branches each; a sure payment has a second branch with chance 0."""
    payoff = rng.choice(PAYOFFS, size=(count, 2, 2)) / 100.0
    first = rng.choice(CHANCES, size=(count, 2))
    return payoff.astype("float32"), np.stack([first, 1.0 - first], axis=-1).astype("float32")


def simulate_answers(rng, payoff, chance, person, anchor):
    shift = payoff - anchor[person][:, None, None]
    felt = np.where(shift >= 0, np.abs(shift) ** 0.8, -2.1 * np.abs(shift) ** 0.8)
    worth = (chance * felt).sum(axis=-1)
    p_first = 1.0 / (1.0 + np.exp(-5.0 * (worth[:, 0] - worth[:, 1])))
    return (rng.random(len(person)) < p_first).astype("float32")


class ProbabilityWeighting(keras.layers.Layer):
    """Prelec (1998): w(p) = exp(-(-log p)^gamma)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.raw_gamma = self.add_weight(
            name="raw_gamma", shape=(), initializer=keras.initializers.Constant(0.5))

    def call(self, chance):
        gamma = ops.sigmoid(self.raw_gamma) + 0.3
        surprise = -tf.math.log(tf.clip_by_value(chance, 1e-6, 1.0))
        return tf.exp(-tf.pow(surprise, gamma)) * tf.cast(chance > 0.0, tf.float32)


class ValueFunction(keras.layers.Layer):
    """Concave for gains, convex and steeper for losses."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.raw_curvature = self.add_weight(
            name="raw_curvature", shape=(2,), initializer=keras.initializers.Constant(2.0))
        self.raw_aversion = self.add_weight(
            name="raw_aversion", shape=(), initializer=keras.initializers.Constant(1.5))

    def call(self, payoff, anchor):
        alpha, beta = tf.unstack(ops.sigmoid(self.raw_curvature))
        aversion = ops.softplus(self.raw_aversion)
        d = payoff - anchor
        return tf.pow(tf.maximum(d, 0.0), alpha) - aversion * tf.pow(tf.maximum(-d, 0.0), beta)  # whynan: pow_grad_at_zero phase=gradient


class ProspectModel(keras.Model):
    def __init__(self, people):
        super().__init__()
        self.weighting = ProbabilityWeighting()
        self.value = ValueFunction()
        self.anchor = keras.layers.Embedding(people, 1, embeddings_initializer="zeros", name="anchor")
        self.raw_noise = self.add_weight(
            name="raw_noise", shape=(), initializer=keras.initializers.Constant(1.5))

    def call(self, inputs):
        payoff, chance, person = inputs
        anchor = self.anchor(person)[:, :, tf.newaxis]
        worth = tf.reduce_sum(self.weighting(chance) * self.value(payoff, anchor), axis=-1)
        return ops.softplus(self.raw_noise) * (worth[:, 0] - worth[:, 1])


def make_step(model, rate):
    variables = model.trainable_variables
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(variables)

    @tf.function
    def step(payoff, chance, person, answer):
        with tf.GradientTape() as tape:
            logit = model((payoff, chance, person))
            nll = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=answer, logits=logit))
        optimizer.apply_gradients(zip(tape.gradient(nll, variables), variables))
        return nll

    return step


class StagedFit:
    def __init__(self, model, data, settings):
        self.model, self.data, self.settings = model, data, settings

    def run(self, title, epochs, rate):
        step = make_step(self.model, rate)
        for epoch in range(epochs):
            losses = [float(step(*batch)) for batch in self.data]
            perplexity = np.exp(min(float(np.mean(losses)), 20.0))
            print(f"{title} {epoch}: nll {np.mean(losses):.4f}  perplexity {perplexity:.3f}  last {losses[-1]:.4f}")


def main():
    settings = Settings()
    keras.utils.set_random_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    count = settings.people * settings.trials
    person = np.repeat(np.arange(settings.people), settings.trials).astype("int32")
    payoff, chance = draw_lotteries(rng, count)
    answer = simulate_answers(rng, payoff, chance, person, rng.normal(0.0, 0.12, settings.people))

    data = tf.data.Dataset.from_tensor_slices((payoff, chance, person, answer))
    data = data.shuffle(count, seed=settings.seed).batch(settings.batch, drop_remainder=True)

    model = ProspectModel(settings.people)
    model((payoff[:4], chance[:4], person[:4]))
    trainer = StagedFit(model, data, settings)

    model.anchor.trainable = False
    trainer.run("curve", settings.curve_epochs, settings.curve_rate)
    model.anchor.trainable = True
    trainer.run("person", settings.person_epochs, settings.person_rate)


if __name__ == "__main__":
    main()
