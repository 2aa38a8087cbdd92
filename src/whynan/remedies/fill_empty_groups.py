"""Put 0 where a group is empty and has no maximum or minimum."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty

TITLE = "Put 0 where a group is empty"
EFFECT = "changes results"
_GROUPS = ("segment_max", "segment_min", "unsorted_segment_max", "unsorted_segment_min")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The maximum of nothing is the lowest number of its type: it is replaced behind each grouping of the function."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    lib = code.module("tensorflow") or code.module("keras.ops")
    for place in (code.scope(node), code.tree):
        for call in code.calls(_GROUPS, place) if lib else []:
            group = code.once(call, "groups")
            end = f"{group}.dtype.max" if code.module("tensorflow") else "1e38"
            code.replace(call, f"{lib}.where({lib}.abs({group}) < {end}, {group}, {lib}.zeros_like({group}))")
        if code.edits:
            return code.patch(TITLE)
    return []
