"""Draw docs/answer.svg, the terminal picture of the README, from a saved case.

whynan run --case build/answer.whynan examples/custom_cross_entropy_nan.py
python scripts/picture.py build/answer.whynan
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from whynan.case.archive import load_case
from whynan.report.terminal import print_report

TARGET = Path(__file__).resolve().parent.parent / "docs" / "answer.svg"


def main(case: str) -> None:
    """Print the report to a recording console and export it."""
    console = Console(record=True, width=84, file=io.StringIO(), force_terminal=True, highlight=False)
    report = load_case(case)
    command = report.run.get("command", ["whynan", "run"])
    console.print(f"$ {' '.join(command)}\n")
    print_report(report, console)
    TARGET.parent.mkdir(exist_ok=True)
    drawing = console.export_svg(title="whynan", unique_id="whynan")
    drawing = re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)  # fonts of a CDN
    TARGET.write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
