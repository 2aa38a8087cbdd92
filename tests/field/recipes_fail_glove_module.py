# GloVe vectors for recipe ingredients, without keras. f(0) = 0, so pairs which never occur together should not matter.
import numpy as np
import tensorflow as tf


class Corpus:
    def __init__(self, vocabulary=60, recipes=300, seed=19):
        rng = np.random.default_rng(seed)
        popularity = 1.0 / np.arange(1, vocabulary + 1)
        popularity /= popularity.sum()
        self.size = vocabulary
        self.recipes = [rng.choice(vocabulary, size=6, replace=False, p=popularity) for _ in range(recipes)]

    def cooccurrence(self):
        counts = np.zeros((self.size, self.size), "float32")
        for recipe in self.recipes:
            for a in recipe:
                for b in recipe:
                    if a != b:
                        counts[a, b] += 1.0
        return counts


class Weighting:
    def __init__(self, x_max=20.0, alpha=0.75):
        self.x_max, self.alpha = x_max, alpha

    def __call__(self, counts):
        return tf.minimum(tf.pow(counts / self.x_max, self.alpha), 1.0)


class Glove(tf.Module):
    def __init__(self, size, dim, weighting):
        super().__init__(name="glove")
        init = tf.random_uniform_initializer(-0.5 / dim, 0.5 / dim, seed=1)
        self.word = tf.Variable(init([size, dim]), name="word")
        self.context = tf.Variable(init([size, dim]), name="context")
        self.word_bias = tf.Variable(tf.zeros([size]), name="word_bias")
        self.context_bias = tf.Variable(tf.zeros([size]), name="context_bias")
        self.weighting = weighting

    def scores(self, rows):
        dots = tf.matmul(tf.gather(self.word, rows), self.context, transpose_b=True)
        return dots + tf.gather(self.word_bias, rows)[:, None] + self.context_bias

    def residual(self, rows, counts):
        return self.scores(rows) - tf.math.log(counts)  # whynan: log_of_zero phase=loss

    def loss(self, rows, counts):
        return tf.reduce_mean(self.weighting(counts) * tf.square(self.residual(rows, counts)))


class Adagrad(tf.Module):
    def __init__(self, variables, rate):
        super().__init__()
        self.vars, self.rate = variables, rate
        self.acc = [tf.Variable(tf.fill(v.shape, 0.1), trainable=False) for v in variables]

    def apply(self, grads):
        for g, v, a in zip(grads, self.vars, self.acc):
            g = tf.convert_to_tensor(g)
            a.assign_add(tf.square(g))
            v.assign_sub(self.rate * g / tf.sqrt(a))


class Training(tf.Module):
    def __init__(self, model, rate=0.05):
        super().__init__()
        self.model = model
        self.optimizer = Adagrad(list(model.trainable_variables), rate)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, None], tf.float32)])
    def step(self, rows, counts):
        with tf.GradientTape() as tape:
            loss = self.model.loss(rows, counts)
        self.optimizer.apply(tape.gradient(loss, self.optimizer.vars))
        return loss


def main():
    corpus = Corpus()
    counts = corpus.cooccurrence()
    training = Training(Glove(corpus.size, 8, Weighting()))
    rng = np.random.default_rng(0)
    for epoch in range(5):
        for rows in np.array_split(rng.permutation(corpus.size), 6):
            loss = training.step(tf.constant(rows, tf.int32), tf.constant(counts[rows]))
        print(epoch, float(loss))


if __name__ == "__main__":
    main()
