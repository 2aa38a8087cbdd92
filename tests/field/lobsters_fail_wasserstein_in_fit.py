"""Synthetic lobster measurements (six lengths per animal) with a Wasserstein GAN, trained through fit.

The fishery does not want to publish the real animals. The generator is slower than the critic, and the critic gets
five turns, as in the paper. c_loss is meant to become negative and then come back towards zero as the generator
catches up. Mine only goes down, faster and faster, and within the first epochs both networks are nan.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(54)

NAMES = ["carapace", "abdomen", "crusher", "cutter", "tail_width", "weight_root"]
LATENT = 8


def measure(n=1920, seed=54):
    rng = np.random.default_rng(seed)
    size = rng.gamma(9.0, 0.12, n)
    male = rng.random(n) < 0.52
    table = np.stack([
        78.0 * size,
        96.0 * size * (1.0 + 0.05 * ~male),
        70.0 * size ** 1.25 * (1.0 + 0.12 * male),
        62.0 * size ** 1.18,
        44.0 * size * (1.0 + 0.10 * ~male),
        8.1 * size ** 1.45,
    ], axis=1)
    table *= rng.normal(1.0, 0.025, table.shape)
    return ((table - table.mean(0)) / table.std(0)).astype("float32")


def make_critic():
    return keras.Sequential([
        keras.Input((len(NAMES),)),
        keras.layers.Dense(64, activation="leaky_relu"),
        keras.layers.Dense(64, activation="leaky_relu"),
        keras.layers.Dense(1),
    ], name="critic")


def make_generator():
    return keras.Sequential([
        keras.Input((LATENT,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(len(NAMES)),
    ], name="generator")


class WassersteinGan(keras.Model):
    def __init__(self, critic, generator, critic_turns=5, weight_limit=0.05):
        super().__init__()
        self.critic = critic
        self.generator = generator
        self.critic_turns = critic_turns
        self.weight_limit = weight_limit

    def compile(self, critic_optimizer, generator_optimizer):
        super().compile(jit_compile=False)
        self.critic_optimizer = critic_optimizer
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer.build(self.critic.trainable_variables)
        self.generator_optimizer.build(self.generator.trainable_variables)

    def score(self, samples):
        return tf.reduce_mean(self.critic(samples, training=True))  # whynan: exploding_gradient phase=forward|loss|gradient|update also=missing_lipschitz_constraint,unbounded_loss,wrong_sign_loss

    def train_step(self, data):
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        n = tf.shape(real)[0]
        for _ in range(self.critic_turns):
            fake = self.generator(tf.random.normal((n, LATENT)), training=True)
            with tf.GradientTape() as tape:
                c_loss = self.score(fake) - self.score(real)
            weights = self.critic.trainable_variables
            self.critic_optimizer.apply_gradients(zip(tape.gradient(c_loss, weights), weights))

        noise = tf.random.normal((n, LATENT))
        with tf.GradientTape() as tape:
            g_loss = -self.score(self.generator(noise, training=True))
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))
        return {"c_loss": c_loss, "g_loss": g_loss}


animals = measure()
gan = WassersteinGan(make_critic(), make_generator())
gan.compile(
    critic_optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    generator_optimizer=keras.optimizers.SGD(0.001, momentum=0.9),
)
gan.fit(animals, batch_size=64, epochs=10, verbose=2)

drawn = gan.generator.predict(np.random.default_rng(0).normal(size=(500, LATENT)).astype("float32"), verbose=0)
for name, real_sd, fake_sd in zip(NAMES, animals.std(0), drawn.std(0)):
    print(f"{name:12s} sd real {real_sd:.2f}  drawn {fake_sd:.2f}")
