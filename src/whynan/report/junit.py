"""JUnit XML: training as one test that fails when a harmful NaN or Inf was found."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from whynan.case.nouns import Report
from whynan.report import _words as words
from whynan.report import terminal

SUFFIXES = (".xml",)

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def render(report: Report) -> str:
    """One test suite with one test case."""
    kind = {"nonfinite": "failure", "script_failed": "error", "inconclusive": "error"}.get(report.status)
    seconds = report.run.get("seconds")
    time = f"{float(seconds):.3f}" if isinstance(seconds, (int, float)) else "0.000"
    counts = {"tests": "1", "failures": str(int(kind == "failure")), "errors": str(int(kind == "error")), "time": time}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "whynan", **counts, "skipped": "0"})
    name = _legal(words.command_words(report)) or "training"
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": "whynan", "name": f"training stays finite: {name}", "time": time}
    )
    text = _legal(terminal.render(report))
    if kind is not None:
        slug = report.causes[0].slug if report.causes else report.status
        attributes = {"message": _legal(words.headline(report)), "type": slug}
        ElementTree.SubElement(case, kind, attributes).text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"
