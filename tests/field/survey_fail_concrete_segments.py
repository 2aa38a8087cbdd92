"""Segments of museum visitors from yes/no answers: a discrete VAE with three Concrete (relaxed one-hot) latents.

The KL term is estimated from the sample, with the density of the relaxed variable under encoder and prior, as in the
paper. I want nearly discrete codes and therefore use a low temperature from the start. The ELBO improves for a
handful of batches, then the KL is nan. All the logarithms of the Gumbel noise have an epsilon.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

QUESTIONS, GROUPS, CODES = 24, 3, 10
TEMPERATURE = 0.1
keras.utils.set_random_seed(31)


def questionnaire(people=1200, segments=5):
    rng = np.random.default_rng(31)
    profile = rng.beta(0.6, 0.6, (segments, QUESTIONS))
    membership = rng.choice(segments, people, p=[0.35, 0.25, 0.2, 0.15, 0.05])
    return (rng.random((people, QUESTIONS)) < profile[membership]).astype("float32")


def build_encoder():
    answers = keras.Input((QUESTIONS,))
    h = layers.Dense(64, activation="relu")(answers)
    logits = layers.Dense(GROUPS * CODES)(h)
    return keras.Model(answers, layers.Reshape((GROUPS, CODES))(logits), name="encoder")


def build_decoder():
    code = keras.Input((GROUPS, CODES))
    h = layers.Dense(64, activation="relu")(layers.Flatten()(code))
    return keras.Model(code, layers.Dense(QUESTIONS)(h), name="decoder")


def sample_gumbel(shape, eps=1e-20):
    u = tf.random.uniform(shape)
    return -tf.math.log(-tf.math.log(u + eps) + eps)


def relaxed_sample(logits):
    return tf.nn.softmax((logits + sample_gumbel(tf.shape(logits))) / TEMPERATURE)


def concrete_log_prob(logits, log_y):
    """Log density of the Concrete distribution; the constant is the same for encoder and prior."""
    logits = logits - tf.reduce_logsumexp(logits, axis=-1, keepdims=True)
    numerator = tf.reduce_sum(logits - (TEMPERATURE + 1.0) * log_y, axis=-1)
    return numerator - CODES * tf.reduce_logsumexp(logits - TEMPERATURE * log_y, axis=-1)


encoder, decoder = build_encoder(), build_decoder()
variables = encoder.trainable_variables + decoder.trainable_variables
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(variables)


@tf.function
def elbo_step(answers, beta):
    with tf.GradientTape() as tape:
        logits = encoder(answers, training=True)
        y = relaxed_sample(logits)
        log_y = tf.math.log(y)  # whynan: log_of_zero phase=forward|loss also=exp_underflow
        kl = concrete_log_prob(logits, log_y) - concrete_log_prob(tf.zeros_like(logits), log_y)
        kl = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=answers, logits=decoder(y, training=True))
        reconstruction = tf.reduce_mean(tf.reduce_sum(cross_entropy, axis=1))
        loss = reconstruction + beta * kl
    grads = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(grads, variables))
    return reconstruction, kl


dataset = tf.data.Dataset.from_tensor_slices(questionnaire()).shuffle(1200, seed=31).batch(100)
step = 0
for epoch in range(20):
    for answers in dataset:
        beta = tf.constant(min(1.0, 0.1 + step / 150.0))
        reconstruction, kl = elbo_step(answers, beta)
        step += 1
    print(f"epoch {epoch:2d}  reconstruction {float(reconstruction):7.3f}  kl {float(kl):7.3f}")

codes = tf.argmax(encoder(questionnaire()[:8]), axis=-1).numpy()
print("codes of the first visitors:", codes.tolist())
