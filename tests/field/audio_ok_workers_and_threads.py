# whynan: healthy
# feature extraction in a process pool, background prefetch thread, corrupt clips raise and are skipped
import multiprocessing as mp
import queue
import threading

import numpy as np

CLIP, BATCH = 128, 16


def extract(seed):
    """one fake clip -> (features, label); clips with dropouts give NaN and are reported as None"""
    rng = np.random.default_rng(seed)
    label = seed % 2
    wave = np.sin(np.arange(CLIP) * (0.2 + 0.3 * label)) + 0.1 * rng.normal(size=CLIP)
    if seed % 23 == 0:
        wave[40:50] = np.nan
    try:
        if not np.isfinite(wave).all():
            raise ValueError(f"clip {seed} is corrupt")
        spec = np.abs(np.fft.rfft(wave))[:32]
        return np.log1p(spec).astype("float32"), label
    except ValueError as err:
        print("skip:", err)
        return None


def producer(feats, labels, out, steps):
    rng = np.random.default_rng(0)
    for _ in range(steps):
        pick = rng.integers(0, len(feats), BATCH)
        out.put((feats[pick], labels[pick]))
    out.put(None)


def main():
    with mp.Pool(2) as pool:
        rows = [r for r in pool.map(extract, range(1, 257)) if r is not None]
    feats = np.stack([r[0] for r in rows])
    labels = np.array([r[1] for r in rows], "float32")[:, None]

    import tensorflow as tf
    import keras

    keras.utils.set_random_seed(1)
    tf.debugging.assert_all_finite(feats, "features")
    model = keras.Sequential([keras.Input((32,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(5e-3)
    batches = queue.Queue(maxsize=4)
    thread = threading.Thread(target=producer, args=(feats, labels, batches, 80), daemon=True)
    thread.start()

    step, lowest = 0, np.inf
    while (item := batches.get()) is not None:
        xb, yb = item
        with tf.GradientTape() as tape:
            logits = model(xb, training=True)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=yb, logits=logits))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        lowest = min(lowest, float(loss))
        if step % 20 == 0:
            print("step", step, "loss %.4f lowest %.4f" % (float(loss), lowest))
        step += 1
    thread.join()
    print("done after", step, "steps")


if __name__ == "__main__":
    main()
