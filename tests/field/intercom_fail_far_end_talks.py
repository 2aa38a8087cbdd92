"""Echo canceller for a door intercom: one linear layer that learns the room from the far-end signal.

It adapts sample by sample with train_on_batch, as the signal comes in. While I set it up (background hum and
whispering) the residual echo became smaller and smaller. As soon as somebody at the far end really speaks the
residual becomes louder than the speech, then 1e20, inf, nan. The microphone signal itself stays within +-1.
"""
import numpy as np
import keras
from numpy.lib.stride_tricks import sliding_window_view

keras.utils.set_random_seed(12)

TAPS = 256
ADAPTATION = 0.2      # found with the whispering


def talk(samples, level, rng):
    """Speech-like noise with most energy at low frequencies, scaled to a given rms."""
    white = rng.normal(size=samples)
    out = np.empty(samples)
    memory = 0.0
    for i, w in enumerate(white):
        memory = 0.8 * memory + w
        out[i] = memory
    return level * out / np.sqrt(np.mean(out**2))


def hallway(rng):
    """Impulse response from loudspeaker to microphone."""
    taps = np.arange(TAPS)
    response = rng.normal(size=TAPS) * np.exp(-taps / 30.0)
    return 0.3 * response / np.linalg.norm(response)


def make_call(rng):
    far_end = np.concatenate([talk(600, 0.03, rng), talk(900, 0.4, rng)])
    echo = np.convolve(far_end, hallway(rng))[: len(far_end)]
    microphone = echo + rng.normal(0.0, 1e-3, len(far_end))
    windows = sliding_window_view(far_end, TAPS)[:, ::-1]
    return (
        np.ascontiguousarray(windows, dtype="float32"),
        microphone[TAPS - 1:].astype("float32")[:, None],
    )


class EchoCanceller:
    def __init__(self, taps, rate):
        self.filter = keras.Sequential([
            keras.Input((taps,)),
            keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros"),
        ])
        self.filter.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse")

    def step(self, window, heard):
        residual = self.filter.train_on_batch(window, heard)  # whynan: learning_rate_too_high phase=update|loss|gradient also=exploding_gradient,unscaled_input
        return float(residual)

    def run(self, windows, heard, report=100):
        residuals = []
        for i in range(len(windows)):
            residuals.append(self.step(windows[i:i + 1], heard[i:i + 1]))
            if i % report == 0:
                print(f"sample {i:5d}   residual power {residuals[-1]:.3e}")
        return residuals


rng = np.random.default_rng(12)
windows, heard = make_call(rng)
print("windows:", windows.shape, " loudest sample at the microphone:", float(np.abs(heard).max()))
canceller = EchoCanceller(TAPS, ADAPTATION)
residuals = canceller.run(windows, heard)
print("last residual:", residuals[-1])
print("largest tap:", float(np.abs(canceller.filter.get_weights()[0]).max()))
