"""WGAN-GP on the 8x8 digits with an Inception-like score after each epoch.

The score uses a nearest-neighbour classifier in place of the Inception network. It has been nan since the
first epoch, while the two losses look like those of other people.
"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

keras.utils.set_random_seed(19)

LATENT, PENALTY = 16, 10.0


def make_generator():
    return keras.Sequential([
        keras.Input((LATENT,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(128, activation="relu"),
        layers.Dense(64, activation="sigmoid"),
    ], name="generator")


def make_critic():
    return keras.Sequential([
        keras.Input((64,)),
        layers.Dense(128, activation="leaky_relu"),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(1),
    ], name="critic")


class WGANGP(keras.Model):
    def __init__(self, generator, critic, **kwargs):
        super().__init__(**kwargs)
        self.generator, self.critic = generator, critic

    def compile(self, generator_optimizer, critic_optimizer):
        super().compile()
        self.generator_optimizer = generator_optimizer
        self.critic_optimizer = critic_optimizer

    def slope_penalty(self, real, fake):
        share = tf.random.uniform((tf.shape(real)[0], 1))
        between = share * real + (1.0 - share) * fake
        with tf.GradientTape() as tape:
            tape.watch(between)
            value = self.critic(between, training=True)
        slope = tape.gradient(value, between)
        length = tf.sqrt(tf.reduce_sum(tf.square(slope), axis=1) + 1e-12)
        return tf.reduce_mean(tf.square(length - 1.0))

    def train_step(self, real):
        n = tf.shape(real)[0]
        for _ in range(2):
            fake = self.generator(tf.random.normal((n, LATENT)), training=True)
            with tf.GradientTape() as tape:
                gap = tf.reduce_mean(self.critic(fake)) - tf.reduce_mean(self.critic(real))
                critic_loss = gap + PENALTY * self.slope_penalty(real, fake)
            weights = self.critic.trainable_variables
            self.critic_optimizer.apply_gradients(zip(tape.gradient(critic_loss, weights), weights))
        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((n, LATENT)), training=True)
            generator_loss = -tf.reduce_mean(self.critic(fake))
        weights = self.generator.trainable_variables
        self.generator_optimizer.apply_gradients(zip(tape.gradient(generator_loss, weights), weights))
        return {"critic": critic_loss, "generator": generator_loss}


class QualityScore(keras.callbacks.Callback):
    """exp(E KL(p(y|x) || p(y))) of generated digits."""

    def __init__(self, images, labels, samples=200):
        super().__init__()
        self.judge = KNeighborsClassifier(5).fit(images, labels)
        self.noise = np.random.default_rng(0).normal(size=(samples, LATENT)).astype("float32")
        self.scores = []

    def on_epoch_end(self, epoch, logs=None):
        fake = self.model.generator(self.noise, training=False).numpy()
        p = self.judge.predict_proba(fake)
        with np.errstate(divide="ignore", invalid="ignore"):
            divergence = np.sum(p * (np.log(p) - np.log(p.mean(axis=0, keepdims=True))), axis=1)
        score = float(np.exp(divergence.mean()))
        self.scores.append(score)
        print(f"   epoch {epoch + 1}: quality score {score:.3f}, pixel spread {fake.std():.3f}")


def main():
    digits = load_digits()
    images = (digits.data / 16.0).astype("float32")
    score = QualityScore(images, digits.target)
    real = tf.data.Dataset.from_tensor_slices(images[:1024]).shuffle(1024, seed=2).batch(64, drop_remainder=True)
    gan = WGANGP(make_generator(), make_critic())
    gan.compile(keras.optimizers.Adam(4e-4, beta_1=0.5), keras.optimizers.Adam(4e-4, beta_1=0.5))
    gan.fit(real, epochs=5, callbacks=[score], verbose=2)
    print("best score", max(score.scores))


if __name__ == "__main__":
    main()
