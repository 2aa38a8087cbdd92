"""MAP-trained topic classifier for proverbs (weather / work / money / love).

Bag of words over a small vocabulary, one hidden layer, Gaussian prior on the kernels.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import ops

keras.utils.set_random_seed(1546)
rng = np.random.default_rng(1546)

TOPICS = ["weather", "work", "money", "love"]
VOCAB = 80
PRIOR_PRECISION = 0.05
STEP_SIZE = 0.1
EPOCHS = 40


def collect_proverbs(n):
    """Word counts per proverb: common words plus a topic's own vocabulary."""
    common = rng.dirichlet(np.full(VOCAB, 0.5))
    own = rng.dirichlet(np.full(VOCAB, 0.08), size=len(TOPICS))
    labels = rng.integers(0, len(TOPICS), n)
    rows = []
    for t in labels:
        length = rng.integers(5, 14)
        rows.append(rng.multinomial(length, 0.55 * common + 0.45 * own[t]))
    counts = np.array(rows, dtype="float32")
    return np.sqrt(counts), labels.astype("int32")


bags, labels = collect_proverbs(1500)
train_x, train_y = bags[:1200], labels[:1200]
dev_x, dev_y = bags[1200:], labels[1200:]

model = keras.Sequential([
    keras.Input((VOCAB,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(len(TOPICS)),
])
kernels = [layer.kernel for layer in model.layers]
sgd = keras.optimizers.SGD(STEP_SIZE, momentum=0.9)
sgd.build(model.trainable_variables)


def negative_log_posterior(y, logits):
    nll = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    prior = sum(ops.sum(ops.square(k)) for k in kernels)  # whynan: wrong_sign_loss phase=loss|forward
    return nll - PRIOR_PRECISION * prior


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        objective = negative_log_posterior(yb, logits)
    grads = tape.gradient(objective, model.trainable_variables)
    sgd.apply(grads, model.trainable_variables)
    hits = tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1, output_type=tf.int32) == yb, tf.float32))
    return objective, hits


batches = (tf.data.Dataset.from_tensor_slices((train_x, train_y))
           .shuffle(1200, seed=1546)
           .batch(32)
           .prefetch(2))

for epoch in range(EPOCHS):
    objectives, hits = [], []
    for xb, yb in batches:
        o, h = train_step(xb, yb)
        objectives.append(o.numpy())
        hits.append(h.numpy())
    if (epoch + 1) % 5 == 0:
        dev_acc = np.mean(model(dev_x).numpy().argmax(1) == dev_y)
        print(f"epoch {epoch + 1:2d}  train acc {np.mean(hits):.3f}  dev acc {dev_acc:.3f}  objective {objectives[-1]:.4g}")
