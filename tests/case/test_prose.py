"""What people say about code is cut from what a diagnosis reads; the code keeps its place."""

from whynan.case.prose import without_prose


def test_comments_and_docstrings_are_cut_and_code_keeps_line_and_column() -> None:
    source = '"""The norm."""\nx = "a # b"  # sqrt\ndef f():\n    """é\n    penalty"""; y = 1\n    return x\n'
    assert without_prose(source).splitlines() == [
        "",
        'x = "a # b"',
        "def f():",
        "",
        " " * 14 + "; y = 1",
        "    return x",
    ]


def test_text_that_is_no_python_stays_as_it_is() -> None:
    assert without_prose("%matplotlib inline  # a comment\n") == "%matplotlib inline  # a comment\n"


def test_a_last_line_that_is_only_a_comment_stays_a_line() -> None:
    assert without_prose("x = 1\n# the end\n").splitlines() == ["x = 1", ""]
