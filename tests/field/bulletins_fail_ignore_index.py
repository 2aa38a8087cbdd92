"""Small masked language model on weather bulletins, to warm up an encoder before fine tuning.

loss: nan from the very first train_on_batch. Changed the optimizer, removed the attention mask, made the model tiny:
still nan. The tokens that are not masked have no part in the loss, the collator works as in the library I know.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(42)

PAD, MASK, UNK = 0, 1, 2
IGNORE = -100
MAX_LEN = 14
HPARAMS = {"dim": 32, "heads": 4, "mask_rate": 0.15, "batch": 32, "steps": 80, "rate": 1e-3}

REGIONS = ["north", "south", "coast", "valley", "highlands"]
SKIES = ["clear", "cloudy", "foggy", "overcast"]
WINDS = ["calm", "light", "fresh", "stormy"]
RAIN = ["no rain", "light showers", "heavy rain at night", "snow above the treeline"]


def write_bulletins(count, rng):
    bulletins = []
    for _ in range(count):
        text = f"in the {rng.choice(REGIONS)} {rng.choice(SKIES)} with {rng.choice(WINDS)} wind and {rng.choice(RAIN)}"
        bulletins.append(text if rng.random() < 0.7 else text.split(" with ")[0])
    return bulletins


class WordTokenizer:
    def __init__(self, texts):
        words = sorted({w for text in texts for w in text.split()})
        self.index = {w: i + 3 for i, w in enumerate(words)}
        self.size = len(self.index) + 3

    def __call__(self, texts):
        ids = np.full((len(texts), MAX_LEN), PAD, "int32")
        for row, text in enumerate(texts):
            known = [self.index.get(w, UNK) for w in text.split()][:MAX_LEN]
            ids[row, :len(known)] = known
        return ids


class MaskingCollator:
    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng

    def __call__(self, ids):
        chosen = (self.rng.random(ids.shape) < self.rate) & (ids > UNK)
        labels = np.where(chosen, ids, IGNORE)
        inputs = np.where(chosen & (self.rng.random(ids.shape) < 0.9), MASK, ids)
        return inputs.astype("int32"), labels.astype("int32")


class MaskedTokenLoss(keras.losses.Loss):
    def __init__(self, vocabulary, name="mlm"):
        super().__init__(name=name)
        self.vocabulary = vocabulary

    def call(self, labels, logits):
        labels = tf.cast(labels, tf.int32)
        chance = tf.reduce_sum(tf.one_hot(labels, self.vocabulary) * tf.nn.softmax(logits), axis=-1)
        surprise = -tf.math.log(chance)  # whynan: label_out_of_range phase=loss also=log_of_zero,nan_mask_mismatch
        counted = tf.cast(tf.not_equal(labels, IGNORE), surprise.dtype)
        return tf.reduce_sum(surprise * counted) / tf.maximum(tf.reduce_sum(counted), 1.0)


class TinyEncoder(keras.Model):
    def __init__(self, vocabulary, dim, heads):
        super().__init__()
        self.tokens = layers.Embedding(vocabulary, dim)
        self.places = layers.Embedding(MAX_LEN, dim)
        self.attend = layers.MultiHeadAttention(heads, dim // heads)
        self.widen = layers.Dense(4 * dim, activation="gelu")
        self.shrink = layers.Dense(dim)
        self.norm1 = layers.LayerNormalization()
        self.norm2 = layers.LayerNormalization()
        self.words = layers.Dense(vocabulary)

    def call(self, ids):
        seen = ops.expand_dims(ops.not_equal(ids, PAD), 1)
        h = self.tokens(ids) + self.places(ops.arange(MAX_LEN))
        h = self.norm1(h + self.attend(h, h, attention_mask=seen))
        h = self.norm2(h + self.shrink(self.widen(h)))
        return self.words(h)


def main():
    rng = np.random.default_rng(7)
    texts = write_bulletins(600, rng)
    tokenizer = WordTokenizer(texts)
    ids = tokenizer(texts)
    collate = MaskingCollator(HPARAMS["mask_rate"], rng)

    model = TinyEncoder(tokenizer.size, HPARAMS["dim"], HPARAMS["heads"])
    model.compile(optimizer=keras.optimizers.AdamW(HPARAMS["rate"]), loss=MaskedTokenLoss(tokenizer.size))
    for step in range(HPARAMS["steps"]):
        inputs, labels = collate(ids[rng.integers(0, len(ids), HPARAMS["batch"])])
        logs = model.train_on_batch(inputs, labels, return_dict=True)
        if step % 20 == 0:
            print(f"step {step:3d}  masked {int((labels != IGNORE).sum()):3d}  loss {float(logs['loss']):.4f}")


if __name__ == "__main__":
    main()
