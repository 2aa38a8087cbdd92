"""The update of a loop, a function or an own optimizer, turned round; what is no weight stays as it is."""

from pathlib import Path

import pytest

from remedies.small import evidence_of, patched

LOOP = """
grads = tape.gradient(loss, net.trainable_variables)
for v, g in zip(net.trainable_variables, grads):
    {update}
"""


@pytest.mark.parametrize(
    ("update", "turned"),
    [
        ("v.assign_add(rate * g)", "v.assign_sub(rate * g)"),
        ("v.assign(v + rate * g)", "v.assign(v - rate * g)"),
        ("v.assign_sub(-rate * g)", "v.assign_add(-rate * g)"),
    ],
)
def test_a_loop(tmp_path: Path, update: str, turned: str) -> None:
    (text,) = patched("reverse_update", evidence_of(LOOP.format(update=update)), tmp_path)
    assert turned in text


def test_gradients_that_are_negated_on_their_way_to_the_optimizer(tmp_path: Path) -> None:
    source = "grads = tape.gradient(loss, vs)\nopt.apply_gradients([(-g, v) for g, v in zip(grads, vs)])\n"
    (text,) = patched("reverse_update", evidence_of(source), tmp_path)
    assert "[(g, v) for g, v in zip(grads, vs)]" in text


def test_momentum_in_a_function_that_is_given_the_gradients(tmp_path: Path) -> None:
    source = """
class Ball:
    def step(self, grads):
        for i, (v, g) in enumerate(zip(self.variables, grads)):
            self.speed[i] = 0.9 * self.speed[i] - 0.1 * g
            v.assign_sub(self.speed[i])
        self.count.assign_add(1)

ball.step(tape.gradient(loss, net.trainable_variables))
"""
    (text,) = patched("reverse_update", evidence_of(source), tmp_path)
    assert "v.assign_add(self.speed[i])" in text
    assert "self.count.assign_add(1)" in text


def test_the_state_of_an_own_optimizer_is_left_alone(tmp_path: Path) -> None:
    source = """
class Own(keras.optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_add(m, 0.1 * (gradient - m))
        self.assign_add(a, ops.square(gradient))
        self.assign_add(variable, learning_rate * m / ops.sqrt(a))
        self.assign_add(variable, learning_rate * gradient)
"""
    found = patched("reverse_update", evidence_of(source), tmp_path)
    assert all("self.assign_add(m, 0.1" in text and "self.assign_add(a, ops.square" in text for text in found)
    assert any("self.assign_sub(variable, learning_rate * gradient)" in text for text in found)


def test_without_an_update_of_its_own_there_is_nothing_to_turn(tmp_path: Path) -> None:
    source = "grads = tape.gradient(loss, vs)\nopt.apply_gradients(zip(grads, vs))\nmean.assign_add(loss)\n"
    assert patched("reverse_update", evidence_of(source), tmp_path) == []
