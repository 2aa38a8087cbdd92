"""A case comes back as it was saved, is never overwritten by accident, and refuses what it is not."""

import math
import zipfile

import msgspec
import pytest

from report.samples import failing
from whynan.case.archive import CaseError, load_case, plain, save_case


def test_a_case_comes_back_whole(tmp_path):
    report = failing()
    path = save_case(tmp_path / "a.whynan", report)
    again = load_case(path)
    assert again.case == str(path)
    again.case = report.case
    assert plain(again) == plain(report)
    assert math.isnan(again.symptom.value)
    assert again.evidence.chain[4].inputs[0]["value"] == -math.inf
    assert again.evidence.notes == ["nan"]
    assert again.evidence.sources == report.evidence.sources
    assert isinstance(again.evidence.origin, msgspec.Struct)


def test_an_existing_case_stays(tmp_path):
    path = tmp_path / "a.whynan"
    path.write_text("mine")
    with pytest.raises(CaseError, match="exists already"):
        save_case(path, failing())
    assert path.read_text() == "mine"
    save_case(path, failing(), force=True)
    assert load_case(path).status == "nonfinite"
    assert [p.name for p in tmp_path.iterdir()] == ["a.whynan"]


def test_what_is_no_case_is_refused_in_one_line(tmp_path):
    text = tmp_path / "text.whynan"
    text.write_text("no")
    newer = tmp_path / "newer.whynan"
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr("format", "99")
    empty = tmp_path / "empty.whynan"
    zipfile.ZipFile(empty, "w").close()
    broken = tmp_path / "broken.whynan"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("format", "1")
        archive.writestr("report.json", '{"status": 3}')
    for path, words in ((text, "not a whynan case"), (newer, "format '99'"), (empty, "format"), (broken, "damaged"),
                        (tmp_path, "folder"), (tmp_path / "none.whynan", "no such case")):  # fmt: skip
        with pytest.raises(CaseError, match=words) as caught:
            load_case(path)
        assert "\n" not in str(caught.value)


def test_a_missing_folder_is_an_error_of_ours(tmp_path):
    with pytest.raises(CaseError, match="cannot write"):
        save_case(tmp_path / "none" / "a.whynan", failing())
