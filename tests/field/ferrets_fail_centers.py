"""Tell individual ferrets apart from gait descriptors: softmax + center loss (Wen et al. 2016)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(66)

N_FERRETS = 24
DIM = 30
EMB = 12


def gait_clips(n=1440):
    rng = np.random.default_rng(66)
    who = rng.integers(0, N_FERRETS, size=n)
    prototype = rng.normal(size=(N_FERRETS, DIM))
    x = prototype[who] + 0.8 * rng.normal(size=(n, DIM))
    return x.astype("float32"), who.astype("int32")


class CenterLossModel(keras.Model):
    def __init__(self, lam=0.02, keep=0.9):
        super().__init__()
        self.lam, self.keep = lam, keep
        self.encoder = keras.Sequential([
            layers.Input((DIM,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(EMB),
        ])
        self.head = keras.Sequential([layers.Input((EMB,)), layers.Dense(N_FERRETS)])
        self.centers = self.add_weight(shape=(N_FERRETS, EMB), initializer="zeros",
                                       trainable=False, name="centers")
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x, training=False):
        return self.head(self.encoder(x, training=training), training=training)

    def train_step(self, data):
        x, y = data
        y = tf.reshape(tf.cast(y, tf.int32), [-1])
        centers = tf.convert_to_tensor(self.centers)
        with tf.GradientTape() as tape:
            emb = self.encoder(x, training=True)
            logits = self.head(emb, training=True)
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            pull = tf.reduce_sum(tf.square(emb - tf.gather(centers, y)), axis=1)
            loss = tf.reduce_mean(ce) + self.lam * tf.reduce_mean(pull)
        variables = self.encoder.trainable_variables + self.head.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

        # moving average of the class means
        member = tf.one_hot(y, N_FERRETS)
        batch_center = tf.matmul(member, emb, transpose_a=True) / tf.reduce_sum(member, axis=0)[:, None]  # whynan: divide_by_zero phase=update|forward|loss also=empty_reduction
        self.centers.assign(self.keep * centers + (1.0 - self.keep) * batch_center)

        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


def main():
    x, who = gait_clips()
    model = CenterLossModel()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), jit_compile=False)
    model.fit(x[:1248], who[:1248], batch_size=32, epochs=6, verbose=2)

    guess = np.argmax(model.predict(x[1248:], verbose=0), axis=1)
    print("identification rate:", np.mean(guess == who[1248:]))
    print("largest center coordinate:", np.abs(model.centers.numpy()).max())


main()
