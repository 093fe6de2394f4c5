"""The catalogue: metrics, dimensions, customer fields and terms, as data in catalogue/*.yaml, loaded once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import Field as PydanticField
from pydantic import TypeAdapter, model_validator

from tools.contracts import Frozen, Text, Unit
from tools.errors import UnknownName
from tools.metrics.entries import Dimension, Entry, Field, Form, Level, Metric, Ratio, Source, Spread, Term, Words
from tools.metrics.percentiles import percentile_metric, split_name

__all__ = [
    "ATTRIBUTE",
    "Catalogue",
    "Dimension",
    "Entry",
    "Field",
    "Form",
    "Level",
    "Metric",
    "Ratio",
    "Source",
    "Spread",
    "Term",
    "Words",
    "attribute_dimension",
    "attribute_expression",
    "attribute_field",
    "catalogue",
]

ATTRIBUTE = "attribute."
"""Prefix of the ids of attributes, the columns of a source that are not canonical ones."""

E_ = TypeVar("E_", bound=Entry)


class Catalogue(Frozen):
    """All entries. Lookups take an id, or a name or synonym in either language, whatever its case."""

    sources: tuple[Source, ...]
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    fields: tuple[Field, ...]
    terms: tuple[Term, ...]
    version: Literal[1] = PydanticField(default=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for entries in (self.sources, self.metrics, self.dimensions, self.fields, self.terms):
            ids = [entry.id for entry in entries]
            repeated = {one for one in ids if ids.count(one) > 1}
            if repeated:
                raise ValueError(f"repeated ids: {sorted(repeated)}")
        return self

    def source(self, source_id: str) -> Source:
        """The source of that id."""
        return next(source for source in self.sources if source.id == source_id)

    def metric(self, name: str) -> Metric:
        """The metric of that id or name; <metric>_p<N> is the N-th percentile of the values behind one that has such values.

        Raises:
            UnknownName: There is none.
        """
        split = split_name(name)
        base = _find(self.metrics, split[0]) if split else None
        if split and base and base.spread:
            return percentile_metric(base, split[1])
        return _find(self.metrics, name) or _unknown("metric", "指标", name, [m for m in self.metrics if not m.hidden])

    def dimension(self, name: str) -> Dimension:
        """The dimension of that id or name; any ``attribute.<name>`` is one.

        Raises:
            UnknownName: There is none.
        """
        if name.startswith(ATTRIBUTE):
            return attribute_dimension(name.removeprefix(ATTRIBUTE))
        return _find(self.dimensions, name) or _unknown("dimension", "维度", name, self.dimensions)

    def field(self, name: str) -> Field:
        """The field of that id or name; any ``attribute.<name>`` is one.

        Raises:
            UnknownName: There is none.
        """
        if name.startswith(ATTRIBUTE):
            return attribute_field(name.removeprefix(ATTRIBUTE))
        return _find(self.fields, name) or _unknown("field", "字段", name, self.fields)

    def field_group(self, name: str) -> tuple[Field, ...]:
        """The fields of a family ("demographics", "contact", "rfm", ...); none for an unknown one."""
        return tuple(field for field in self.fields if field.group == name.casefold())

    def entry(self, name: str) -> Metric | Dimension | Field | Term | None:
        """Whatever has that id or name: terms first, then metrics, dimensions and fields."""
        return _find(self.terms, name) or _find(self.metrics, name) or _find(self.dimensions, name) or _find(self.fields, name)


def attribute_expression(name: str, table: str = "") -> str:
    """SQL that reads the attribute ``name`` of a row of customer_base, as text.

    Args:
        name: The attribute, as the source named it.
        table: Alias of customer_base, when it must be qualified.
    """
    path = '$."' + name.replace("\\", "\\\\").replace('"', '\\"').replace("'", "''") + '"'
    return f"json_extract_string({table + '.' if table else ''}attributes, '{path}')"


@lru_cache(maxsize=1024)
def attribute_dimension(name: str) -> Dimension:
    """The dimension of a customer attribute."""
    return Dimension(
        id=ATTRIBUTE + name,
        name=_attribute_name(name),
        synonyms=_attribute_words(name),
        definition=Text(zh=f"客户的属性“{name}”（来自源数据）。", en=f"The customer's attribute {name!r}, as loaded."),
        level="customer",
        kind="band",
        sql=attribute_expression(name, "c"),
    )


@lru_cache(maxsize=1024)
def attribute_field(name: str) -> Field:
    """The field of a customer attribute."""
    return Field(
        id=ATTRIBUTE + name,
        name=_attribute_name(name),
        synonyms=_attribute_words(name),
        unit=Unit.TEXT,
        kind="category",
        group="attributes",
        column=attribute_expression(name),
    )


def _attribute_name(name: str) -> Text:
    plain = name.replace("_", " ").strip()
    return _attribute_names().get(name, Text(zh=plain, en=plain))


@lru_cache(maxsize=1)
def _attribute_names() -> dict[str, Text]:
    """What attributes that many systems have are called, by their column."""
    names: dict[str, Text] = _read("attributes", TypeAdapter(dict[str, Text]))
    return names


def _attribute_words(name: str) -> Words:
    return Words(zh=(), en=(name,))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of this program.

    Raises:
        pydantic.ValidationError: A file has an unknown key, a missing one or a repeated id.
    """
    return Catalogue(
        sources=_read("sources", TypeAdapter(tuple[Source, ...])),
        metrics=_read("metrics", TypeAdapter(tuple[Metric, ...])),
        dimensions=_read("dimensions", TypeAdapter(tuple[Dimension, ...])),
        fields=_read("fields", TypeAdapter(tuple[Field, ...])),
        terms=_read("terms", TypeAdapter(tuple[Term, ...])),
    )


def _read(name: str, adapter: TypeAdapter[Any]) -> Any:
    text = (resources.files("tools.metrics") / "catalogue" / f"{name}.yaml").read_text(encoding="utf-8")
    return adapter.validate_python(yaml.safe_load(text))


def _find(entries: Iterable[E_], name: str) -> E_ | None:
    wanted = name.strip().casefold()
    found = list(entries)
    by_id = next((entry for entry in found if entry.id == name), None)
    return by_id or next((entry for entry in found if wanted in _folded(entry.words)), None)


@lru_cache(maxsize=4096)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _unknown(kind_en: str, kind_zh: str, name: str, entries: Iterable[Entry]) -> Any:
    raise UnknownName(kind_en, kind_zh, name, [entry.id for entry in entries])
