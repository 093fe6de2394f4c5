"""The named group schemes, as data: every case of a scheme belongs to exactly one group."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.aipl import AIPL
from tools.segments.schemes.churn import CHURN
from tools.segments.schemes.eight import EIGHT, EIGHT_CELLS, eight_group
from tools.segments.schemes.lifecycle import LIFECYCLE
from tools.segments.schemes.membership import MEMBERSHIP
from tools.segments.schemes.merging import MERGE_WITH
from tools.segments.schemes.rfm import PROSPECTS, RFM, RFM_CELLS, rfm_group
from tools.segments.schemes.shapes import Group, Scheme
from tools.segments.schemes.value_activity import ACTIVITY_LEVELS, VALUE_ACTIVITY, VALUE_LEVELS

__all__ = [
    "ACTIVITY_LEVELS",
    "AIPL",
    "CHURN",
    "EIGHT",
    "EIGHT_CELLS",
    "LIFECYCLE",
    "MEMBERSHIP",
    "MERGE_WITH",
    "PROSPECTS",
    "RFM",
    "RFM_CELLS",
    "SCHEMES",
    "VALUE_ACTIVITY",
    "VALUE_LEVELS",
    "Group",
    "Scheme",
    "eight_group",
    "group_of",
    "rfm_group",
    "scheme_of",
    "value_names",
]

SCHEMES: dict[str, Scheme] = {scheme.id: scheme for scheme in (RFM, EIGHT, CHURN, VALUE_ACTIVITY, MEMBERSHIP, LIFECYCLE, AIPL)}
_LEVELS = {"value_level": VALUE_LEVELS, "activity_level": ACTIVITY_LEVELS}


def scheme_of(group_id: str) -> Scheme | None:
    """The scheme that has a group of that id; None when there is none."""
    return next((scheme for scheme in SCHEMES.values() if any(group.id == group_id for group in scheme.groups)), None)


def group_of(group_id: str) -> Group | None:
    """The group of that id, of any scheme; None when there is none."""
    return next((group for scheme in SCHEMES.values() for group in scheme.groups if group.id == group_id), None)


def value_names(field: str) -> dict[str, Text]:
    """The names of the values of a field that holds groups or levels; empty for any other field."""
    scheme = next((scheme for scheme in SCHEMES.values() if scheme.field == field), None)
    return {group.stored: group.name for group in scheme.groups} if scheme else _LEVELS.get(field, {})
