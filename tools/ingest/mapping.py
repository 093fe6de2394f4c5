"""A proposal where each column of a staged table goes: by name, by type and by the shape of its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.errors import UnknownName, WarehouseError
from tools.ingest.attributes import ATTRIBUTE, customer_attributes
from tools.ingest.candidates import Candidate, candidates_of, category_levels
from tools.ingest.choose_grain import TABLES, choose_grain
from tools.ingest.currencies import currency_of, is_chinese
from tools.ingest.names import match_name, meanings, meanings_of_targets
from tools.ingest.shapes import Shape, shape_of
from tools.ingest.types import ColumnMapping, Grain, StagedTable, TableMapping, ValueKind
from tools.ingest.whole_amounts import whole_amounts
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

SAMPLE_ROWS = 4_000
SAMPLE_CELLS = 200_000
"""Wide tables are sampled in fewer rows."""
UNSURE_BELOW = 0.7
IGNORE = "ignore"
"""The target of columns that are never stored."""
_NOWHERE = ("none", "skip", "无", "")
_EXTRA_TARGETS = ("order_lines.unit_price", "orders.shipping", ATTRIBUTE)
_ORDER_HINTS = {"day_first": True, "dmy": True, "month_first": False, "mdy": False}
_PERSONAL = {"private", "phone", "email", "address", "address_more", "first_name", "last_name", "name", "birth_date"}
_GENERIC = {"when", "generic_id", "generic_name", "generic_type"}
_OWN_TABLE = 0.05
_LATER_MEANING = 0.04
_LATER_NAME = 0.0004


@dataclass(frozen=True)
class Override:
    """What an operator said of a column."""

    target: str | None
    day_first: bool | None = None


def propose(engine: Engine, staged: StagedTable, overrides: Mapping[str, str]) -> TableMapping:
    """Propose where the columns of a table go.

    Args:
        engine: The engine that the table was staged on.
        staged: The table.
        overrides: Column to target, which win: "orders.amount", "ignore" (never stored), "none" (an attribute of the customer, or
            left out). A date may say its order: "orders.ordered_at:day_first" or ":month_first".

    Raises:
        UnknownName: An override names a column that the table has not, or a target that does not exist.
    """
    chosen = _read_overrides(staged, overrides)
    try:
        sample = _sample(engine, staged)
    except WarehouseError:
        # A line that does not split, met before the file was looked through.
        staged = staged.checked()
        sample = _sample(engine, staged)
    shapes = {column: shape_of(values) for column, values in sample.items()}
    candidates = [candidate for column in staged.columns if column not in chosen for candidate in candidates_of(column, shapes[column])]
    candidates = category_levels(candidates, shapes)
    grain = _grain([*candidates, *_forced(chosen)], shapes)
    if grain == "order_lines":
        candidates = whole_amounts(candidates, sample)
    found = _assign(grain, candidates, chosen)
    columns = [_mapping(column, shapes[column], found.get(column), chosen.get(column)) for column in staged.columns]
    columns = [_dated(engine, staged, column, shapes[column.source], chosen.get(column.source)) for column in columns]
    columns = [_valued(column, sample, chinese=is_chinese(staged.columns)) for column in columns]
    columns = customer_attributes(grain, columns, sample)
    unsure = tuple(column.source for column in columns if _is_unsure(column, shapes[column.source]))
    return TableMapping(source=staged.source, grain=grain, columns=tuple(columns), unsure=unsure)


def valid_targets() -> list[str]:
    """Every target that a column may have, besides "ignore" and "none"."""
    return sorted({*(f"{table}.{column}" for table, columns in meanings_of_targets().items() for column in columns), *_EXTRA_TARGETS})


def _read_overrides(staged: StagedTable, overrides: Mapping[str, str]) -> dict[str, Override]:
    names = {name.casefold(): name for name in staged.columns}
    chosen = {}
    for source, said in overrides.items():
        column = names.get(source.strip().casefold())
        if column is None:
            raise UnknownName(f"column of {staged.source}", f"列（{staged.source}）", source, staged.columns)
        chosen[column] = _read_target(said.strip())
    return chosen


def _read_target(said: str) -> Override:
    target, _, hint = said.partition(":")
    if hint and hint not in _ORDER_HINTS:
        raise UnknownName("order of day and month", "日月顺序", hint, _ORDER_HINTS)
    day_first = _ORDER_HINTS.get(hint)
    if target.lower() in _NOWHERE:
        return Override(None, day_first)
    valid = valid_targets()
    if target != IGNORE and target not in valid:
        raise UnknownName("target", "目标字段", target, [*valid, IGNORE, "none"])
    return Override(target, day_first)


def _sample(engine: Engine, staged: StagedTable) -> dict[str, list[str | None]]:
    columns = ", ".join(quote(column) for column in staged.columns)
    rows = max(200, min(SAMPLE_ROWS, SAMPLE_CELLS // len(staged.columns)))
    table = engine.query(f"SELECT {columns} FROM {staged.relation} LIMIT {rows}")
    return {column: table.column(index).to_pylist() for index, column in enumerate(staged.columns)}


def _forced(chosen: Mapping[str, Override]) -> list[Candidate]:
    """What the overrides say of the table's grain."""
    forced = []
    for column, override in chosen.items():
        table, _, field = (override.target or "").partition(".")
        first = meanings_of_targets().get(table, {}).get(field, ["unit_price"] if field == "unit_price" else [])
        forced += [Candidate(column, meanings()[meaning], 1.0, "operator", 0) for meaning in first[:1]]
    return forced


def _grain(candidates: Iterable[Candidate], shapes: Mapping[str, Shape]) -> Grain:
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.meaning.id)
        if known is None or candidate.confidence > known.confidence:
            best[candidate.meaning.id] = candidate
    unique = {meaning: shapes[candidate.column].is_unique for meaning, candidate in best.items()}
    return choose_grain({meaning: candidate.confidence for meaning, candidate in best.items()}, unique)


def _assign(grain: Grain, candidates: list[Candidate], chosen: Mapping[str, Override]) -> dict[str, tuple[str, Candidate]]:
    taken = {override.target for override in chosen.values() if override.target}
    scored = sorted(_scored(grain, candidates), key=lambda item: -item[0])
    assigned: dict[str, tuple[str, Candidate]] = {}
    for _, target, candidate in scored:
        if candidate.column in assigned or (target in taken and not _is_part(target, candidate, assigned)):
            continue
        taken.add(target)
        assigned[candidate.column] = (target, candidate)
    return assigned


def _is_part(target: str, candidate: Candidate, assigned: Mapping[str, tuple[str, Candidate]]) -> bool:
    """Whether a column goes where another goes already: a last name beside a first name, the second line of an address."""
    meanings_there = {other.meaning.id for there, other in assigned.values() if there == target}
    pairs = {"last_name": "first_name", "first_name": "last_name", "address_more": "address"}
    return meanings_there == {pairs.get(candidate.meaning.id)}


def _scored(grain: Grain, candidates: list[Candidate]) -> Iterator[tuple[float, str, Candidate]]:
    tables = TABLES[grain]
    own = meanings_of_targets()[tables[0]]
    for table in tables:
        for field, accepted in meanings_of_targets()[table].items():
            if table != tables[0] and field.endswith("_id") and field in own:
                continue
            for candidate in candidates:
                meaning = candidate.meaning.id
                if grain == "order_lines" and f"{table}.{field}" in ("orders.amount", "orders.discount"):
                    # What stands on every line may be the order's amount only where it is the same on all of them.
                    meaning = meaning.removeprefix("whole_") if meaning.startswith("whole_") else ""
                if meaning in accepted and (table in (tables[0], "orders") or meaning not in _GENERIC):
                    later = accepted.index(meaning) * _LATER_MEANING + candidate.rank * _LATER_NAME
                    yield candidate.confidence - later + _OWN_TABLE * (table == tables[0]), f"{table}.{field}", candidate


def _mapping(column: str, shape: Shape, found: tuple[str, Candidate] | None, override: Override | None) -> ColumnMapping:
    if override is not None:
        target, kind, confidence, reason = override.target, _kind_of(override.target), 1.0, "operator"
    elif found is not None:
        target, candidate = found
        kind, confidence, reason = candidate.meaning.kind, round(min(1.0, max(0.0, candidate.confidence)), 2), candidate.reason
    else:
        target, kind, confidence, reason = _left_over(column), "text", 0.0, "none"
    comma = shape.decimal_comma and kind in ("money", "number")
    return ColumnMapping(source=column, target=target, kind=kind, decimal_comma=comma, confidence=confidence, reason=reason)


def _valued(column: ColumnMapping, sample: Mapping[str, list[str | None]], *, chinese: bool) -> ColumnMapping:
    if column.kind != "money" or not column.target:
        return column
    return column.model_copy(update={"currency": currency_of(column.source, sample[column.source], chinese=chinese)})


def _left_over(column: str) -> str | None:
    # Personal data without a place of its own must not end up among the attributes.
    match = next(iter(match_name(column)), None)
    return IGNORE if match and match.meaning.id in _PERSONAL else None


def _kind_of(target: str | None) -> ValueKind:
    table, _, field = (target or "").partition(".")
    if target == ATTRIBUTE:
        return "text"
    if target in _EXTRA_TARGETS:
        return "money"
    first = meanings_of_targets().get(table, {}).get(field)
    return meanings()[first[0]].kind if first else "text"


def _dated(engine: Engine, staged: StagedTable, column: ColumnMapping, shape: Shape, override: Override | None) -> ColumnMapping:
    if column.kind not in ("date", "datetime"):
        return column
    day_first = override.day_first if override else None
    if day_first is None and shape.dates.year_last:
        day_first = _day_first(engine, staged, column.source, shape)
    return column.model_copy(update={"date_format": shape.dates.date_format(day_first), "day_first": day_first})


def _day_first(engine: Engine, staged: StagedTable, column: str, shape: Shape) -> bool | None:
    """The order of day and month; where the sample does not tell, the whole column is asked."""
    if shape.dates.contradictory or shape.dates.day_first is not None:
        return shape.dates.day_first
    part = r"TRY_CAST(regexp_extract({0}, '^\s*([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]', {1}) AS INTEGER)"
    highest = ", ".join(f"coalesce(max({part.format(quote(column), group)}), 0)" for group in (1, 2))
    try:
        first, second = engine.rows(f"SELECT {highest} FROM {staged.relation}")[0]
    except WarehouseError:
        first, second = engine.rows(f"SELECT {highest} FROM {staged.checked().relation}")[0]
    return None if (first > 12) == (second > 12) else first > 12


def _is_unsure(column: ColumnMapping, shape: Shape) -> bool:
    if column.target is None or column.target == IGNORE:
        return False
    if column.kind in ("date", "datetime") and shape.dates.year_last and column.day_first is None:
        return True
    return column.confidence < UNSURE_BELOW
