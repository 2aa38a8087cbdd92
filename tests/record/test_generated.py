"""From the lines of generated code back to the user's."""

import linecache
from pathlib import Path

from whynan.record import generated

WRITTEN = "import tensorflow as tf\n\ndef f(row):\n    return tf.stack([tf.reduce_mean(row, axis=0) / 10.0, row])\n"
GENERATED = """\
def tf__f(row):
    return ag__.converted_call(ag__.ld(tf).stack, ([ag__.converted_call(ag__.ld(tf).reduce_mean, (ag__.ld(row),), dict(axis=0), fscope) / 10.0, ag__.ld(row)],), None, fscope)
"""


def test_the_expression_that_reads_the_same_is_found(tmp_path: Path) -> None:
    user, made = tmp_path / "train.py", tmp_path / "generated.py"
    user.write_text(WRITTEN)
    made.write_text(GENERATED)
    linecache.checkcache()
    code = compile(GENERATED, str(made), "exec").co_consts[0]
    assert not generated.is_generated(str(made))
    generated.register(str(made), {2: (str(user), 4, "f")})
    assert generated.is_generated(str(made))
    places = {generated.span_at(code, i) for i in range(0, len(code.co_code), 2)}
    assert {p.line for p in places if p.file == str(user)} == {4}
    expressions = {p.expression for p in places}
    assert {"tf.reduce_mean(row, axis=0)", "tf.reduce_mean(row, axis=0) / 10.0"} <= expressions
    assert all(p.function == "f" for p in places if p.file == str(user))


def test_other_code_keeps_its_own_lines() -> None:
    code = test_other_code_keeps_its_own_lines.__code__
    assert generated.span_at(code, 0).file.endswith("test_generated.py")
