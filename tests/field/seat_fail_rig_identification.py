"""Spring and damper of a sprung driver's seat, identified from the test rig by rolling the equation of motion out and
following the gradient. I start on short pieces of the record and then go to the whole record (48 s). On the pieces the
error is somewhat large but falls, on the whole record the loss is nan at once."""
import keras
import numpy as np
import tensorflow as tf
from scipy import signal

keras.utils.set_random_seed(23)

MASS = 300.0            # kg, seat with dummy
DT = 0.02               # s
SAMPLES = 2400
RIDES = 6


def measure_on_rig(rng):
    """Floor movement (in) and seat movement (out) in metres, both as (time, ride)."""
    stiffness, damping = 21_000.0, 1_350.0
    clock = np.arange(SAMPLES) * DT
    seat_transfer = ([stiffness / MASS], [1.0, damping / MASS, stiffness / MASS])
    floors, seats = [], []
    for _ in range(RIDES):
        frequency = rng.uniform(0.3, 2.0, size=5)
        phase = rng.uniform(0, 2 * np.pi, size=5)
        floor = 0.012 * np.sin(2 * np.pi * frequency * clock[:, None] + phase).sum(axis=1)
        _, seat, _ = signal.lsim(seat_transfer, floor, clock)
        floors.append(floor)
        seats.append(seat + rng.normal(0, 2e-4, SAMPLES))
    return np.stack(floors, axis=1).astype("float32"), np.stack(seats, axis=1).astype("float32")


class Seat(tf.Module):
    def __init__(self, stiffness, damping):
        super().__init__()
        self.log_stiffness = tf.Variable(np.log(stiffness), dtype=tf.float32)   # both stay positive this way
        self.log_damping = tf.Variable(np.log(damping), dtype=tf.float32)

    def roll_out(self, floor):
        stiffness, damping = tf.exp(self.log_stiffness), tf.exp(self.log_damping)

        def advance(state, floor_now):
            position, velocity = state
            force = stiffness * (floor_now - position) + damping * velocity
            velocity = velocity + DT * force / MASS
            return position + DT * velocity, velocity

        rest = tf.zeros_like(floor[0])
        positions, _ = tf.scan(advance, floor, initializer=(rest, rest))
        return positions


seat_model = Seat(stiffness=18_000.0, damping=1_600.0)


@tf.function
def train_step(floor, seat):
    with tf.GradientTape() as tape:
        error = seat_model.roll_out(floor) - seat
        loss = tf.reduce_mean(tf.square(error)) * 1e4  # whynan: exploding_gradient phase=forward|loss also=unstable_recursion,wrong_sign_update
    parameters = [seat_model.log_stiffness, seat_model.log_damping]
    gradients = tape.gradient(loss, parameters)
    for parameter, gradient in zip(parameters, gradients):
        parameter.assign_sub(5e-3 * tf.tanh(gradient))         # never more than half a percent
    return loss


def main():
    floor, seat = measure_on_rig(np.random.default_rng(23))
    for length, steps in ((60, 8), (150, 8), (SAMPLES, 6)):
        for step in range(steps):
            loss = train_step(tf.constant(floor[:length]), tf.constant(seat[:length]))
        print(f"{length * DT:5.1f} s  loss {float(loss):.5g}  "
              f"k {np.exp(seat_model.log_stiffness.numpy()):.0f} N/m  c {np.exp(seat_model.log_damping.numpy()):.0f} Ns/m")


main()
