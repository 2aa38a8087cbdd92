"""Prototypical network, 5-way 1-shot. Own trainer class with a compiled step."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)

WAYS, SHOTS, QUERIES, DIM = 5, 1, 5, 24


class EpisodeSampler:
    def __init__(self, images, labels, seed=0):
        self.rng = np.random.default_rng(seed)
        self.images = images
        self.by_class = {c: np.flatnonzero(labels == c) for c in np.unique(labels)}

    def sample(self):
        classes = self.rng.choice(list(self.by_class), WAYS, replace=False)
        picks = [self.rng.choice(self.by_class[c], QUERIES, replace=False) for c in classes]
        # the first SHOTS of each row are the support set
        return self.images[np.concatenate(picks)]


def prototypes(emb):
    return tf.reduce_mean(emb[:, :SHOTS], axis=1)


def pairwise_distance(queries, protos):
    delta = queries[:, None, :] - protos[None, :, :]
    return tf.norm(delta, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero


class FewShotTrainer:
    def __init__(self, encoder, lr):
        self.encoder = encoder
        self.optimizer = keras.optimizers.Adam(lr)
        self.targets = tf.repeat(tf.range(WAYS), QUERIES)

    def episode_loss(self, images):
        emb = self.encoder(images, training=True)
        emb = tf.reshape(emb, (WAYS, QUERIES, DIM))
        queries = tf.reshape(emb, (-1, DIM))
        logits = -pairwise_distance(queries, prototypes(emb))
        return tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.targets, logits=logits))

    @tf.function
    def step(self, images):
        with tf.GradientTape() as tape:
            loss = self.episode_loss(images)
        grads = tape.gradient(loss, self.encoder.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.encoder.trainable_variables))
        return loss


def glyphs(n_classes=20, per_class=12, seed=1):
    rng = np.random.default_rng(seed)
    base = rng.random((n_classes, 14, 14, 1))
    x = np.repeat(base, per_class, axis=0) + 0.2 * rng.normal(size=(n_classes * per_class, 14, 14, 1))
    return x.astype("float32"), np.repeat(np.arange(n_classes), per_class)


def main():
    encoder = keras.Sequential([
        keras.Input((14, 14, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(DIM),
    ])
    sampler = EpisodeSampler(*glyphs())
    trainer = FewShotTrainer(encoder, 1e-3)
    for episode in range(40):
        loss = trainer.step(tf.constant(sampler.sample()))
        if episode % 10 == 0:
            print("episode", episode, "loss", float(loss))


main()
