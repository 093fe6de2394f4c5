"""Rules of segments: those of the schemes, which are data, and those that were saved in the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter

from tools.contracts import Text
from tools.errors import UnknownName
from tools.metrics.catalogue import ATTRIBUTE, catalogue
from tools.rules import AllOf, AnyOf, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.schemes import SCHEMES
from tools.warehouse.engine import Engine

SAVED = "saved"
CLUSTERS = "clusters"
_CLUSTER_ID = re.compile(r"cluster_(\d+)")
_RULE: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)


def group_rules() -> dict[str, SegmentRule]:
    """The rule of every group of every scheme, by id."""
    return {group.id: Condition(field=scheme.field, op="=", value=group.stored) for scheme in SCHEMES.values() for group in scheme.groups}


def read_rule(text: str) -> SegmentRule:
    """A rule from its JSON.

    Raises:
        pydantic.ValidationError: It is not one.
    """
    return _RULE.validate_json(text)


def write_rule(rule: SegmentRule) -> str:
    """A rule as JSON."""
    return _RULE.dump_json(rule, by_alias=True, exclude_defaults=False).decode()


def _saved(engine: Engine) -> list[tuple[str, str, str, str]]:
    return [
        (str(row[0]), str(row[1]), str(row[2]), str(row[3]))
        for row in engine.rows(
            "SELECT segment_id, arg_max(rule, version), arg_max(name_zh, version), arg_max(name_en, version) FROM segments "
            "WHERE scheme IN ($saved, $clusters) GROUP BY segment_id ORDER BY segment_id",
            {"saved": SAVED, "clusters": CLUSTERS},
        )
    ]


def stored_rules(engine: Engine) -> dict[str, SegmentRule]:
    """The newest rules of the saved segments and of all clusters, by id.

    Clusters that are not in use any more stay known, with nobody in them, because a saved segment may refer to one.
    """
    return {row[0]: read_rule(row[1]) for row in _saved(engine)}


def stored_names(engine: Engine) -> dict[str, Text]:
    """The names of the saved segments and of the clusters in use, by id."""
    used = {
        str(row[0])
        for row in engine.rows(
            "SELECT cluster FROM clusters WHERE run_id IN (SELECT run_id FROM model_runs WHERE model = $model AND in_use)",
            {"model": CLUSTERS},
        )
    }
    return {row[0]: Text(zh=row[2], en=row[3]) for row in _saved(engine) if row[0] in used or not _CLUSTER_ID.fullmatch(row[0])}


def cluster_words(segment_id: str) -> tuple[str, ...]:
    """What operators call a cluster by its number; nothing for other segments."""
    found = _CLUSTER_ID.fullmatch(segment_id)
    if not found:
        return ()
    number = found[1]
    return tuple(
        word.format(number) for word in ("cluster {}", "cluster no. {}", "聚类{}", "第{}类", "第{}个聚类", "{}号聚类", "聚类第{}群")
    )


def fields_of(rule: SegmentRule, segments: Mapping[str, SegmentRule], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The fields that a rule compares, those of the segments it refers to included."""
    match rule:
        case Condition():
            yield rule.field
        case InSegment() if rule.on is None and rule.segment in segments and rule.segment not in seen:
            yield from fields_of(segments[rule.segment], segments, seen | {rule.segment})
        case NotRule():
            yield from fields_of(rule.not_, segments, seen)
        case AllOf() | AnyOf():
            for part in rule.all if isinstance(rule, AllOf) else rule.any:
                yield from fields_of(part, segments, seen)


def negated_fields(rule: SegmentRule, turned: bool = False) -> Iterator[str]:
    """The fields whose conditions hold where the value is unknown, because a "not" turns them round."""
    match rule:
        case Condition() if turned and rule.op not in ("is known", "is unknown"):
            yield rule.field
        case NotRule():
            yield from negated_fields(rule.not_, not turned)
        case AllOf() | AnyOf():
            for part in rule.all if isinstance(rule, AllOf) else rule.any:
                yield from negated_fields(part, turned)


def attribute_names(engine: Engine) -> list[str]:
    """The names of the attributes that any customer has."""
    found = engine.rows("SELECT DISTINCT unnest(json_keys(attributes)) AS name FROM customers WHERE attributes IS NOT NULL ORDER BY name")
    return [str(row[0]) for row in found]


def known_field(engine: Engine, name: str) -> str:
    """``name``, or the id of the attribute that is called so, where no field is: "kids" may stand for "attribute.kids"."""
    try:
        catalogue().field(name)
    except UnknownName:
        wanted = name.strip().casefold().replace(" ", "_")
        found = {one.casefold().replace(" ", "_"): one for one in attribute_names(engine)}
        return ATTRIBUTE + found[wanted] if wanted in found else name
    return name


def check_attributes(engine: Engine, selection: Selection, segments: Mapping[str, SegmentRule]) -> None:
    """Refuse attributes that no customer has, rather than find nobody.

    Raises:
        UnknownName: An attribute does not exist.
    """
    wanted = [*fields_of(selection.rule, segments), *([selection.sort_by] if selection.sort_by else [])]
    names = [name for name in wanted if name.startswith(ATTRIBUTE)]
    if not names:
        return
    known = [ATTRIBUTE + name for name in attribute_names(engine)]
    for name in names:
        if name not in known:
            raise UnknownName("attribute", "属性", name, known)
