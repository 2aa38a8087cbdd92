"""Hidden Markov model of nightingale songs.

Each song is a sequence of syllable ids (24 types).  The emission table of every bird comes from a small network that sees
age, wing length, latitude and hour of recording; the transition table is shared by all birds.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)

N_SONGS = 600
N_SYLL = 24
N_STATES = 5


def simulate_songs(rng):
    favourites = rng.permutation(N_SYLL)[:20].reshape(N_STATES, 4)
    lengths = rng.integers(6, 17, N_SONGS)
    bouts = rng.choice(N_SONGS, 7, replace=False)
    lengths[bouts] = rng.integers(85, 111, len(bouts))
    songs = []
    for n in lengths:
        s = rng.integers(N_STATES)
        song = []
        for _ in range(n):
            if rng.random() < 0.3:
                s = (s + 1) % N_STATES
            if rng.random() < 0.7:
                song.append(int(rng.choice(favourites[s])))
            else:
                song.append(int(rng.integers(N_SYLL)))
        songs.append(song)
    birds = np.stack([rng.integers(1, 7, N_SONGS), rng.normal(84, 3, N_SONGS),
                      rng.normal(52, 2, N_SONGS), rng.uniform(0, 24, N_SONGS)], axis=1)
    birds = (birds - birds.mean(0)) / birds.std(0)
    return birds.astype("float32"), songs


class SongHMM:
    def __init__(self):
        self.net = keras.Sequential([
            keras.Input((4,)),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(N_STATES * N_SYLL),
            keras.layers.Reshape((N_SYLL, N_STATES)),
            keras.layers.Softmax(axis=1),
        ])
        self.trans_logits = keras.Variable(2.0 * np.eye(N_STATES), dtype="float32", name="trans")
        self.start_logits = keras.Variable(np.zeros(N_STATES), dtype="float32", name="start")

    @property
    def variables(self):
        return self.net.trainable_variables + [self.trans_logits, self.start_logits]

    def log_likelihood(self, birds, songs):
        syll = songs.to_tensor(default_value=0)
        steps = tf.shape(syll)[1]
        present = tf.transpose(tf.sequence_mask(songs.row_lengths(), tf.cast(steps, tf.int64)))
        emis = self.net(birds)                                   # bird, syllable, state
        obs = tf.transpose(tf.gather(emis, syll, batch_dims=1), [1, 0, 2])
        trans = tf.nn.softmax(self.trans_logits, axis=1)

        def forward_step(alpha, now):
            o, here = now
            return tf.where(here[:, None], tf.matmul(alpha, trans) * o, alpha)

        alpha0 = tf.nn.softmax(self.start_logits)[None, :] * obs[0]
        alphas = tf.scan(forward_step, (obs[1:], present[1:]), initializer=alpha0)
        return tf.math.log(tf.reduce_sum(alphas[-1], axis=1))  # whynan: log_of_zero phase=forward|loss also=exp_underflow


def main():
    rng = np.random.default_rng(8)
    birds, songs = simulate_songs(rng)
    ragged = tf.ragged.constant(songs, dtype=tf.int32)
    ds = tf.data.Dataset.from_tensor_slices((birds, ragged)).shuffle(N_SONGS, seed=3).batch(32)

    hmm = SongHMM()
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(hmm.variables)

    @tf.function(reduce_retracing=True)
    def update(b, s):
        with tf.GradientTape() as tape:
            ll = hmm.log_likelihood(b, s)
            loss = -tf.reduce_mean(ll / tf.cast(s.row_lengths(), tf.float32))
        grads = tape.gradient(loss, hmm.variables)
        optimizer.apply_gradients(zip(grads, hmm.variables))
        return loss

    for epoch in range(3):
        losses = [float(update(b, s)) for b, s in ds]
        print(f"epoch {epoch}: nats per syllable {np.mean(losses):.3f}")


if __name__ == "__main__":
    main()
