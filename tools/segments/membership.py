"""The tables ``segments``, ``segment_members`` and ``segment_changes``: versioned rules, who is in them, who came and went."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.contracts import Text
from tools.errors import UnknownName
from tools.rules import AnyOf, SegmentRule
from tools.segments.compiler import compile_rule
from tools.segments.schemes import SCHEMES, Scheme
from tools.segments.scoring import read_sql
from tools.segments.stored import group_rules, stored_rules, write_rule
from tools.segments.tiers.step import stored_limits
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

log = logging.getLogger(__name__)


def save_segment(engine: Engine, segment_id: str, name: Text, rule: SegmentRule, scheme: str, as_of: dt.date | None) -> int:
    """Store a rule under an id, as a new version unless nothing changed; return its version."""
    found = engine.rows(
        "SELECT version, rule, name_zh, name_en FROM segments WHERE segment_id = $id ORDER BY version DESC LIMIT 1", {"id": segment_id}
    )
    text = write_rule(rule)
    if found and found[0][1:] == (text, name.zh, name.en):
        return int(found[0][0])
    version = int(found[0][0]) + 1 if found else 1
    engine.execute(
        "INSERT INTO segments VALUES ($id, $version, $scheme, $zh, $en, $rule, $as_of)",
        {"id": segment_id, "version": version, "scheme": scheme, "zh": name.zh, "en": name.en, "rule": text, "as_of": as_of},
    )
    return version


@dataclass(frozen=True)
class Movement:
    """How the members of a segment changed: opening + joined - departed = closing."""

    opening: int
    joined: int
    departed: int
    closing: int

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """All four, in order."""
        return self.opening, self.joined, self.departed, self.closing


@dataclass(frozen=True)
class _Members:
    """A query of (segment_id, customer_id), and of the segments that it may fill."""

    chosen: str
    sql: str
    parameters: dict[str, Any]


def fill_segments(engine: Engine, as_of: dt.date) -> dict[str, int]:
    """Store the schemes' rules, fill the members of all segments anew and record what changed.

    Returns:
        The number of members of each segment, by id.
    """
    rules = group_rules()
    for scheme in SCHEMES.values():
        for group in scheme.groups:
            save_segment(engine, group.id, group.name, rules[group.id], scheme.id, as_of)
    filled = [*(_of_scheme(scheme) for scheme in SCHEMES.values()), *_of_saved(engine, as_of)]
    changes = [change for members in filled for change in engine.rows(_changes(members), members.parameters)]
    engine.execute("DELETE FROM segment_members")
    for members in filled:
        _insert(engine, members)
    for segment_id, opening, joined, departed, closing in changes:
        _record(engine, str(segment_id), as_of, (opening, joined, departed, closing))
    return {str(row[0]): int(row[4]) for row in changes}


def fill_saved(engine: Engine, segment_id: str, as_of: dt.date) -> Movement:
    """Fill the members of one saved segment anew and record what changed."""
    movements = []
    for members in _of_saved(engine, as_of, segment_id):
        _, *change = engine.rows(_changes(members), members.parameters)[0]
        engine.execute("DELETE FROM segment_members WHERE segment_id = $id", {"id": segment_id})
        _insert(engine, members)
        movements.append(Movement(*(int(number) for number in change)))
        _record(engine, segment_id, as_of, movements[0].numbers)
    return movements[0] if movements else Movement(0, 0, 0, 0)


def _insert(engine: Engine, members: _Members) -> None:
    engine.execute(
        f"INSERT INTO segment_members SELECT n.segment_id, n.version, m.customer_id FROM ({members.sql}) AS m "
        "INNER JOIN (SELECT segment_id, max(version) AS version FROM segments GROUP BY segment_id) AS n ON n.segment_id = m.segment_id",
        members.parameters,
    )


def _of_scheme(scheme: Scheme) -> _Members:
    stored = ", ".join(f"('{group.id}', '{group.stored}')" for group in scheme.groups)
    groups = f"(VALUES {stored}) AS g(segment_id, stored)"
    sql = f"SELECT g.segment_id, s.customer_id FROM scores AS s INNER JOIN {groups} ON g.stored = s.{quote(scheme.field)}"
    return _Members(f"SELECT g.segment_id FROM {groups}", sql, {})


def _of_saved(engine: Engine, as_of: dt.date, only: str | None = None) -> Iterator[_Members]:
    saved, limits = stored_rules(engine), stored_limits(engine)
    for segment_id, rule in saved.items():
        if only not in (None, segment_id):
            continue
        try:
            query = compile_rule(rule, as_of, saved, limits)
        except UnknownName as gone:
            # One rule that names what is no longer there must not keep everything else from being refreshed.
            log.warning("the saved segment %s has nobody: %s", segment_id, gone)
            query = compile_rule(AnyOf(any=()), as_of)
        sql = f"SELECT CAST($segment_id AS VARCHAR) AS segment_id, m.customer_id FROM ({query.sql}) AS m"
        yield _Members("SELECT CAST($segment_id AS VARCHAR) AS segment_id", sql, {**query.parameters, "segment_id": segment_id})


def _changes(members: _Members) -> str:
    return f"WITH chosen_part AS (\n{members.chosen}\n),\nnew_part AS (\n{members.sql}\n)\n{read_sql('changes')}"


def _record(engine: Engine, segment_id: str, as_of: dt.date, change: tuple[int, int, int, int]) -> None:
    # One row per segment and date: what happens at the same date again is added, so that the rows keep adding up.
    where = {"id": segment_id, "as_of": as_of}
    opening, joined, departed, closing = change
    found = engine.rows("SELECT opening, joined, departed FROM segment_changes WHERE segment_id = $id AND as_of = $as_of", where)
    if found:
        opening, joined, departed = found[0][0], found[0][1] + joined, found[0][2] + departed
        engine.execute("DELETE FROM segment_changes WHERE segment_id = $id AND as_of = $as_of", where)
    engine.execute(
        "INSERT INTO segment_changes VALUES ($id, $as_of, $opening, $joined, $departed, $closing)",
        where | {"opening": opening, "joined": joined, "departed": departed, "closing": closing},
    )
