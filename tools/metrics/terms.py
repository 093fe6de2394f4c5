"""The tool `explain_term`: what a metric, a dimension, a field or a word of the product means."""

from __future__ import annotations

from tools.contracts import Text, ToolResult
from tools.errors import UnknownName
from tools.metrics.catalogue import Dimension, Entry, Field, Metric, Term, catalogue
from tools.metrics.needs import missing_need
from tools.metrics.plan import components, is_applicable
from tools.metrics.values import attribute_names, is_filled, value_names
from tools.requests import ExplainTerm
from tools.warehouse.context import ToolContext

TOOL = "explain_term"
_SHOWN = 8


def explain_term(ctx: ToolContext, request: ExplainTerm) -> ToolResult:
    """Define a metric, dimension, field or word of the product; segments are explained by `tools.segments.terms`.

    Raises:
        UnknownName: No entry has the name; the closest are suggested.
    """
    entry = find_entry(ctx, request.term)
    definition = definition_of(entry)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition)
    return ToolResult(
        tool=TOOL,
        receipts=(receipt,),
        interpretation=entry.name,
        caveats=tuple(_lacking(ctx, entry)),
        details={
            "id": entry.id,
            "kind": type(entry).__name__.lower(),
            "name": entry.name.model_dump(),
            "definition": definition.model_dump(),
            "also_called": entry.synonyms.model_dump(mode="json"),
            "splits": [one.model_dump() for one in _splits(ctx, entry)],
            "values": [text.model_dump() for text in _values(ctx, entry)],
        },
    )


def find_entry(ctx: ToolContext, term: str) -> Entry:
    """The entry of that id or name; attributes of the customers too.

    Raises:
        UnknownName: There is none.
    """
    found = catalogue().entry(term)
    if found is not None:
        return found
    known = attribute_names(ctx)
    names = {word.casefold(): name for name in known for word in catalogue().field(f"attribute.{name}").words}
    names |= {name.casefold(): name for name in known}
    wanted = term.strip().casefold()
    for spelling in (wanted, wanted.removeprefix("attribute."), wanted.replace(" ", "_")):
        if spelling in names:
            return catalogue().field(f"attribute.{names[spelling]}")
    raise UnknownName("term", "术语", term, term_names("en"), term_names("zh"), most=5)


def term_names(language: str) -> list[str]:
    """Every name that can be explained, in one language: names first, then other names."""
    entries = _entries()
    others = [word for one in entries for word in (one.synonyms.zh if language == "zh" else one.synonyms.en)]
    return list(dict.fromkeys([*(one.name.say(language) for one in entries), *others]))


def _entries() -> list[Entry]:
    known = catalogue()
    metrics = [metric for metric in known.metrics if not metric.hidden]
    return [*known.terms, *metrics, *known.dimensions, *known.fields]


def definition_of(entry: Entry) -> Text:
    """What the entry means, in words."""
    if isinstance(entry, Metric | Dimension | Term | Field) and entry.definition is not None:
        return entry.definition
    twin = next((metric for metric in catalogue().metrics if metric.id == entry.id), None)
    if twin is not None:
        return twin.definition
    return Text(
        zh=f"客户的“{entry.name.zh}”，可用于筛选和列出客户。", en=f"The customer's {entry.name.en}; for rules and lists of customers."
    )


def _splits(ctx: ToolContext, entry: Entry) -> list[Text]:
    if not isinstance(entry, Metric):
        return []
    usable = [one for one in catalogue().dimensions if is_applicable(entry, one) and all(is_filled(ctx, need) for need in one.needs)]
    return [one.name for one in usable[:_SHOWN]]


def _values(ctx: ToolContext, entry: Entry) -> list[Text]:
    return list(value_names(ctx, entry).values()) if isinstance(entry, Dimension) else []


def _lacking(ctx: ToolContext, entry: Entry) -> list[Text]:
    needs: list[str] = []
    if isinstance(entry, Dimension):
        needs = list(entry.needs)
    if isinstance(entry, Metric):
        forms = [form for part in components(entry) for form in part.forms[:1]]
        needs = [*entry.needs, *(need for form in forms for need in (*form.needs, *catalogue().source(form.source).needs))]
    if isinstance(entry, Field) or missing_need(ctx, needs) is None:
        return []
    return [Text(zh="当前载入的数据还不能计算它。", en="The data loaded now cannot answer questions about it.")]
