"""`%load_ext whynan`, then `%%whynan` on top of a cell."""

from __future__ import annotations

import ast
from typing import Any

from whynan.integrations.watch import Watch


def load(shell: Any) -> None:
    """Give IPython the cell magic."""

    def whynan(line: str, cell: str) -> Any:
        """`%%whynan [NAME]`: run the cell; where its training becomes NaN, stop it and say why.

        The answer is printed, and kept as NAME where one is given.
        """
        name = line.strip()
        if name and not name.isidentifier():
            raise ValueError(f"%%whynan takes at most a name for the report, not {name!r}")
        value = None
        with Watch(raises=False) as watch:
            value = _run(shell, cell)
        if watch.report is not None:
            from whynan.report.terminal import print_report, stderr_console

            print_report(watch.report, stderr_console())
        if name:
            shell.user_ns[name] = watch.report
        return value

    shell.register_magic_function(whynan, magic_kind="cell", magic_name="whynan")


def _run(shell: Any, cell: str) -> Any:
    """Run a cell as IPython does, and give the value of its last expression; exceptions pass."""
    text = shell.transform_cell(cell)
    filename = shell.compile.cache(text, shell.execution_count, raw_code=cell)
    tree = ast.parse(text, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), shell.user_ns)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), filename, "eval"), shell.user_ns)
