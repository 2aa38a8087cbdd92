"""Which claims does a cosmetics label make (vegan, hypoallergenic, ...)?  Twelve tags.

I ported the asymmetric multi-label loss and want the usual ablation over the focusing
of the negatives.  4 and 2 train.  The last setting, which should be the easy one
because there is no focusing of the negatives left, prints a normal loss once and
then nan for ever.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)

WORDS, CLAIMS = 80, 12
PRIOR = 0.02


def labels_and_texts(n=640, seed=12):
    rng = np.random.default_rng(seed)
    claims = (rng.random((n, CLAIMS)) < rng.uniform(0.02, 0.09, CLAIMS)).astype("float32")
    vocabulary = rng.random((CLAIMS, WORDS)) < 0.08
    rate = 0.12 + 0.9 * (claims @ vocabulary)
    counts = rng.poisson(rate)
    tf_log = np.log1p(counts)
    norm = np.linalg.norm(tf_log, axis=1, keepdims=True)
    return (tf_log / np.maximum(norm, 1e-6)).astype("float32"), claims


class AsymmetricLoss:
    def __init__(self, gamma_neg, gamma_pos, clip, eps=1e-8):
        self.gamma_neg = gamma_neg
        self.gamma_pos = gamma_pos
        self.clip = clip
        self.eps = eps

    def __call__(self, y, logits):
        p = tf.sigmoid(logits)
        q = 1.0 - p
        if self.clip > 0:
            q = tf.minimum(q + self.clip, 1.0)  # very easy negatives count as solved

        ce = y * tf.math.log(tf.maximum(p, self.eps))
        ce += (1.0 - y) * tf.math.log(tf.maximum(q, self.eps))

        if self.gamma_neg > 0 or self.gamma_pos > 0:
            pt = p * y + q * (1.0 - y)
            gamma = self.gamma_pos * y + self.gamma_neg * (1.0 - y)
            ce *= tf.pow(1.0 - pt, gamma)  # whynan: pow_grad_at_zero phase=gradient also=clip_misuse
        return -tf.reduce_mean(tf.reduce_sum(ce, axis=1))


def tagger():
    log_odds = float(np.log(PRIOR / (1.0 - PRIOR)))
    return keras.Sequential([
        keras.Input((WORDS,)),
        keras.layers.Dense(64, activation="gelu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(CLAIMS, bias_initializer=keras.initializers.Constant(log_odds)),
    ])


def run(setting, x, y, epochs=4, batch=32):
    model = tagger()
    optimizer = keras.optimizers.AdamW(3e-3, weight_decay=1e-4)
    optimizer.build(model.trainable_variables)
    criterion = AsymmetricLoss(**setting)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            loss = criterion(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=8).batch(batch)
    history = []
    for epoch in range(epochs):
        losses = [float(step(xb, yb)) for xb, yb in data]
        if epoch == 0:
            print(f"   first batch {losses[0]:.4f}")
        history.append(np.mean(losses))
    print("   epochs", np.round(history, 4))
    return model


ABLATION = [
    {"gamma_neg": 4.0, "gamma_pos": 1.0, "clip": 0.05},
    {"gamma_neg": 2.0, "gamma_pos": 1.0, "clip": 0.05},
    {"gamma_neg": 0.0, "gamma_pos": 1.0, "clip": 0.05},
]

if __name__ == "__main__":
    texts, claims = labels_and_texts()
    for setting in ABLATION:
        print(setting)
        tags = run(setting, texts, claims)
        found = tf.sigmoid(tags(texts)) > 0.5
        print("   tags given:", int(tf.reduce_sum(tf.cast(found, tf.int32))))
