"""Two small towers that bring tunes and texts of traditional ballads together. I divide the contrastive loss by what
guessing would give, so that runs with different batch sizes can be compared (1.0 = guessing). Every batch that I
printed in the first epoch was near 1 or below, and yet the epoch ends with nan."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)


def songbook(n=641):
    rng = np.random.default_rng(12)
    mood = rng.normal(size=(n, 6))
    tunes = np.tanh(mood @ rng.normal(size=(6, 24)) * 0.6) + 0.3 * rng.normal(size=(n, 24))
    texts = np.tanh(mood @ rng.normal(size=(6, 40)) * 0.6) + 0.3 * rng.normal(size=(n, 40))
    return {"tune": tunes.astype("float32"), "text": texts.astype("float32")}


def tower(width, name):
    return keras.Sequential([
        keras.Input((width,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(16),
        keras.layers.UnitNormalization(),
    ], name=name)


class Matcher(keras.Model):
    def __init__(self, tune_width, text_width, temperature=0.2, **kwargs):
        super().__init__(**kwargs)
        self.tune_tower = tower(tune_width, "tune_tower")
        self.text_tower = tower(text_width, "text_tower")
        self.temperature = temperature
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.hit_tracker = keras.metrics.Mean(name="hits")

    @property
    def metrics(self):
        return [self.loss_tracker, self.hit_tracker]

    def call(self, inputs, training=False):
        return (self.tune_tower(inputs["tune"], training=training),
                self.text_tower(inputs["text"], training=training))

    def contrast(self, tunes, texts):
        scores = tf.matmul(tunes, texts, transpose_b=True) / self.temperature
        n = tf.shape(scores)[0]
        partner = tf.range(n)
        by_tune = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=partner, logits=scores)
        by_text = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=partner, logits=tf.transpose(scores))
        guessing = tf.math.log(tf.cast(n, tf.float32))
        relative = 0.5 * tf.reduce_mean(by_tune + by_text) / guessing  # whynan: divide_by_zero phase=loss
        found = tf.cast(tf.argmax(scores, axis=1, output_type=tf.int32) == partner, tf.float32)
        return relative, tf.reduce_mean(found)

    def train_step(self, data):
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            tunes, texts = self(inputs, training=True)
            loss, hits = self.contrast(tunes, texts)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.hit_tracker.update_state(hits)
        return {m.name: m.result() for m in self.metrics}


class PrintSome(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch in (0, 4, 8):
            print(f"    batch {batch}: mean so far {logs['loss']:.3f}, hits {logs['hits']:.2f}")


def main():
    book = songbook()
    matcher = Matcher(book["tune"].shape[1], book["text"].shape[1])
    matcher({k: v[:4] for k, v in book.items()})
    matcher.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0))
    history = matcher.fit(book, batch_size=64, epochs=4, verbose=0, callbacks=[PrintSome()])
    print("loss in units of guessing:", [round(v, 3) for v in history.history["loss"]])


if __name__ == "__main__":
    main()
