# DeepLab style "poly" learning rate. Stage 1 trains the whole net and is perfect. Then I call fit()
# again for a few more epochs on the cleaned labels and get loss: nan from the first lines on.
import argparse
import numpy as np
import keras
from keras import layers, ops

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--extra-epochs", type=int, default=2)
parser.add_argument("--batch", type=int, default=16)
args = parser.parse_args([])
keras.utils.set_random_seed(21)


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base, total_steps, power=0.9):
        self.base, self.total_steps, self.power = base, total_steps, power

    def remaining(self, step):
        return 1.0 - ops.cast(step, "float32") / float(self.total_steps)

    def __call__(self, step):
        left = self.remaining(step)
        return self.base * ops.power(left, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "total_steps": self.total_steps, "power": self.power}


def make_scenes(n, seed):
    rng = np.random.default_rng(seed)
    img = rng.uniform(0, 0.3, (n, 16, 16, 3)).astype("float32")
    mask = np.zeros((n, 16, 16), "int32")
    for i in range(n):
        r, c = rng.integers(0, 10, 2)
        kind = rng.integers(1, 3)
        img[i, r:r + 6, c:c + 6, kind] += 0.6
        mask[i, r:r + 6, c:c + 6] = kind
    return img, mask


def tiny_deeplab():
    inp = keras.Input((16, 16, 3))
    f = layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    branches = [layers.Conv2D(8, 3, padding="same", dilation_rate=d, activation="relu")(f) for d in (1, 2, 4)]
    out = layers.Conv2D(3, 1)(layers.Concatenate()(branches))
    return keras.Model(inp, out)


images, masks = make_scenes(256, 0)
steps = args.epochs * (len(images) // args.batch)
model = tiny_deeplab()
model.compile(
    optimizer=keras.optimizers.SGD(PolyDecay(0.05, steps), momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    steps_per_execution=4,
)
model.fit(images, masks, batch_size=args.batch, epochs=args.epochs, verbose=2)

clean_images, clean_masks = make_scenes(128, 1)
model.fit(clean_images, clean_masks, batch_size=args.batch, epochs=args.extra_epochs, verbose=2)
