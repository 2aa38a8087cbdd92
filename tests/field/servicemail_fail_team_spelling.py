"""Routing e-mails of the service desk to four teams. The loss is inf in one step of the first epoch and nan after it.
The texts go through TextVectorization, the classes are balanced, and the last layer is a softmax, so the probabilities
can never be exactly zero."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

TEAMS = ["accounts", "network", "printing", "access"]
PHRASES = {
    "accounts": "invoice refund payment cost centre purchase order budget billing reminder supplier",
    "network": "wifi router vpn drops slow connection cable socket office floor ping",
    "printing": "printer toner paper jam tray scan colour duplex queue driver",
    "access": "password locked badge login token expired permission folder share reset",
}
FILLER = "please hello since monday we cannot the again urgent thanks kind regards colleague".split()


def read_mailbox(n, rng):
    teams = [TEAMS[k] for k in rng.integers(0, len(TEAMS), n)]
    texts = []
    for team in teams:
        words = list(rng.choice(PHRASES[team].split(), 5)) + list(rng.choice(FILLER, 4))
        rng.shuffle(words)
        texts.append(" ".join(words))
    # the night shift files its mails by hand
    for row, written in ((52, "Network"), (147, "access "), (301, "printers")):
        teams[row] = written
    return pd.DataFrame({"team": teams, "text": texts})


class Router(keras.Model):
    def __init__(self, vocabulary, teams, width=24):
        super().__init__()
        self.teams = teams
        self.embed = keras.layers.Embedding(vocabulary, width)
        self.pool = keras.layers.GlobalAveragePooling1D()
        self.hidden = keras.layers.Dense(width, activation="tanh")
        self.head = keras.layers.Dense(teams, activation="softmax")
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, tokens, training=False):
        return self.head(self.hidden(self.pool(self.embed(tokens))))

    def train_step(self, data):
        tokens, team = data
        with tf.GradientTape() as tape:
            probs = self(tokens, training=True)
            chosen = tf.reduce_sum(tf.one_hot(team, self.teams) * probs, axis=-1)
            nll = -tf.math.log(chosen)  # whynan: label_out_of_range phase=loss rows=52,147,301 also=log_of_zero
            loss = tf.reduce_mean(nll)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


def main():
    keras.utils.set_random_seed(77)
    mails = read_mailbox(384, np.random.default_rng(77))
    vectorize = keras.layers.TextVectorization(max_tokens=200, output_sequence_length=10)
    vectorize.adapt(tf.constant(mails["text"].tolist()))
    tokens = vectorize(tf.constant(mails["text"].tolist())).numpy()
    team = pd.Index(TEAMS).get_indexer(mails["team"].tolist()).astype("int64")

    model = Router(vectorize.vocabulary_size(), len(TEAMS))
    model.compile(optimizer=keras.optimizers.Adam(5e-3))
    model.fit(tokens, team, batch_size=32, epochs=3, verbose=2)


main()
