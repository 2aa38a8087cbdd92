"""Each format renders each kind of report, and what it writes is what its readers take."""

import json
import math
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from report.samples import failing, others
from whynan.report import ReportError, format_of, formats, render

FIELDS = {
    "format", "status", "symptom", "origin", "chain", "causes", "remedies", "notes", "run", "environment",
}  # fmt: skip
EXPECTED = ("github", "html", "json", "junit", "markdown", "sarif", "terminal")


def test_the_formats_are_the_modules():
    assert formats() == EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_each_format_renders_each_status(name):
    for report in [failing(), *others()]:
        assert render(report, name).endswith("\n")


def test_suffixes_and_unknown_formats():
    assert format_of("a/b.HTML") == "html"
    assert format_of("x.sarif") == "sarif"
    with pytest.raises(ReportError, match="json"):
        render(failing(), "pdf")
    with pytest.raises(ReportError, match=r"\.html"):
        format_of("report.pdf")


def test_json_has_the_fields_of_the_contract():
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    data = json.loads(render(failing(), "json"), parse_constant=refuse)
    assert set(data) == FIELDS
    assert data["symptom"] == {"what": "loss", "value": "nan", "step": 12, "epoch": 0, "batch": 12, "silent": False}
    assert data["origin"]["operands"][0]["value"] == 0.0
    assert data["origin"]["rows"] == {"batch": [3, 17], "dataset": [99, 113]}
    assert data["chain"][3]["value_out"] == "-inf"
    assert set(data["chain"][0]) == {"op", "expression", "file", "line", "value_in", "value_out"}
    assert set(data["causes"][0]["evidence"]) == {"for", "against"}
    assert data["remedies"][0]["trial"] == {"steps": 24, "loss_before": 0.7, "loss_after": 0.31}
    assert json.loads(render(others()[0], "json"))["origin"] is None


def test_the_terminal_says_all_in_80_columns():
    text = render(failing(), "terminal")
    flat = " ".join(text.split())
    assert text.splitlines()[0] == "The loss became NaN at step 12 (epoch 0, batch 12)."
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        "train.py:5",
        "41.2 -> sigmoid 1",
        "log -inf",
        "clip_misuse",
        "proven by replay",
        "cured",
        "1.0 - 1e-7",
    ):
        assert part in flat
    lines = text.splitlines()
    marker = next(i for i, line in enumerate(lines) if set(line.strip()) == {"^"})
    start = lines[marker].index("^")
    assert lines[marker - 1][start : start + 18] == "tf.math.log(1 - p)"


def test_a_number_close_to_one_is_not_shown_as_one():
    from whynan.report._words import number

    assert number(1 - 2**-24) != "1"
    assert [number(v) for v in (math.nan, -math.inf, 0.0, 41.2, 1e-7, 3e38)] == [
        "NaN",
        "-inf",
        "0",
        "41.2",
        "1e-07",
        "3e+38",
    ]


def test_html_escapes_and_loads_nothing():
    text = render(failing(), "html")
    assert "<script" not in text
    assert "&lt;b&gt;exactly" in text

    class Tags(HTMLParser):
        outside = ()

        def handle_starttag(self, tag, attrs):
            self.outside += tuple(value for name, value in attrs if name in ("src", "href") and value)

    parser = Tags()
    parser.feed(text)
    assert parser.outside == ()
    assert "http" not in re.sub(r"http-equiv", "", text)


def test_github_stays_on_one_line_and_escapes():
    line = render(failing(), "github")
    assert line.count("\n") == 1
    assert line.startswith("::error file=train.py,line=5,col=38,endColumn=56,title=whynan%3A clip_misuse::The loss")


def test_junit_counts_the_failure():
    suite = ElementTree.fromstring(render(failing(), "junit"))
    assert suite.get("failures") == "1"
    assert suite.find(".//failure").get("type") == "clip_misuse"
    report = failing()
    report.notes = ["a \x1b[31m bell \x07"]
    ElementTree.fromstring(render(report, "junit"))
    assert ElementTree.fromstring(render(others()[0], "junit")).get("failures") == "0"


def test_sarif_points_at_the_expression():
    run = json.loads(render(failing(), "sarif"))["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "train.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] == 5
    assert place["region"]["endColumn"] - place["region"]["startColumn"] == len("tf.math.log(1 - p)")
    assert json.loads(render(others()[0], "sarif"))["runs"][0]["results"] == []


def test_markdown_keeps_code_whole():
    text = render(failing(), "markdown")
    assert "```diff" in text
    assert "<script>" not in re.sub(r"```.*?```", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("before", [0, 5, 40, 90])
@pytest.mark.parametrize("after", [0, 5, 90])
def test_a_long_line_is_cut_around_the_expression(before, after):
    from whynan.report.terminal import _quoted

    expression = "tf.math.log(1 - p)"
    line = "    " + "a" * before + expression + "b" * after
    quoted, marker = _quoted(line, 4 + before, 4 + before + len(expression), 70)
    start, end = marker.plain.index("^"), len(marker.plain)
    assert quoted.plain[start:end] == expression
    assert len(quoted.plain) <= 70


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_what_the_summary_says_is_not_said_again_as_evidence(name):
    report = failing()
    report.causes[0].summary = "The loss is inf: bananas overflowed."
    report.causes[0].evidence_for = ["bananas overflowed", "apples did not"]
    mark = "+" if name == "terminal" else "for:"
    text = render(report, name)
    assert f"{mark} bananas overflowed" not in text
    assert f"{mark} apples did not" in text
