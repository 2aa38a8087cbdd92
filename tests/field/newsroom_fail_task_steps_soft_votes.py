"""One encoder, three newsroom tasks. Every task has its own compiled step and
the steps live in a dict (cf. "how to train multi task with separate datasets")."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

ARTICLES, DIM = 480, 24
TOPICS, STANCES, ANNOTATORS = 6, 4, 9
BATCH = 48


def load_corpus():
    emb = rng.normal(size=(ARTICLES, DIM))
    topic = (emb @ rng.normal(size=(DIM, TOPICS))).argmax(axis=1)
    words = 6.0 + emb[:, :3].sum(axis=1) * 0.2 + rng.normal(0, 0.1, ARTICLES)
    score = emb @ rng.normal(size=(DIM, STANCES)) * 0.4
    share = np.exp(score - score.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    votes = np.stack([rng.multinomial(ANNOTATORS, row) for row in share])
    return emb.astype("float32"), {
        "topic": topic.astype("int32"),
        "length": words.astype("float32")[:, None],
        "stance": (votes / ANNOTATORS).astype("float32"),
    }


class Newsroom:
    def __init__(self):
        self.trunk = keras.Sequential(
            [keras.Input((DIM,)), layers.Dense(32, activation="relu"), layers.Dense(16, activation="tanh")],
            name="trunk")
        self.heads = {
            "topic": layers.Dense(TOPICS),
            "length": layers.Dense(1),
            "stance": layers.Dense(STANCES, activation="softmax"),
        }
        for head in self.heads.values():
            head.build((None, 16))

    def variables_for(self, task):
        return self.trunk.trainable_variables + self.heads[task].trainable_variables

    @property
    def all_variables(self):
        return self.trunk.trainable_variables + [
            v for head in self.heads.values() for v in head.trainable_variables]


def relative_entropy(p, q):
    """KL(p || q), row by row"""
    return tf.reduce_sum(
        p *
        tf.math.log(p / q),  # whynan: log_of_zero phase=loss
        axis=-1)


sparse_ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
OBJECTIVES = {
    "topic": lambda y, out: sparse_ce(y, out),
    "length": lambda y, out: tf.reduce_mean(tf.abs(y - out)),
    # agree with the whole jury, not only with its majority
    "stance": lambda y, out: tf.reduce_mean(relative_entropy(y, out)),
}


def make_step(net, optimizer, task):
    objective = OBJECTIVES[task]
    variables = net.variables_for(task)

    @tf.function(jit_compile=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = objective(y, net.heads[task](net.trunk(x)))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    return step


if __name__ == "__main__":
    x, targets = load_corpus()
    net = Newsroom()
    opt = keras.optimizers.Adam(3e-3)
    opt.build(net.all_variables)
    steps = {task: make_step(net, opt, task) for task in OBJECTIVES}
    # stance labels are expensive, the encoder is warmed up on the others first
    starts = {"topic": 0, "length": 0, "stance": 2}

    for epoch in range(6):
        seen = {task: [] for task in steps}
        for i in range(0, ARTICLES, BATCH):
            for task, step in steps.items():
                if epoch >= starts[task]:
                    seen[task].append(float(step(x[i:i + BATCH], targets[task][i:i + BATCH])))
        print(epoch, {task: round(float(np.mean(v)), 4) for task, v in seen.items() if v})
