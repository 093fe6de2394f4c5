"""A persona as figures, tables and charts."""

from __future__ import annotations

from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.rendering import render
from tools.segments.personas.demographics import most_frequent, value_name
from tools.segments.personas.facts import Facts
from tools.segments.personas.script import script
from tools.segments.personas.words import label_of
from tools.segments.profile import CategoryLift, Contrast, Number
from tools.segments.profile_words import mean_unit, trait_label
from tools.segments.reporting import bars, figure

MOST_TRAITS = 12
MOST_CATEGORIES = 10
_CHARTED = 10
_LEAST_CHANGE = 0.05
"""A mean that differs by less from all customers' is no trait, however sure the difference."""
_KINDS = {
    "finding": Text(zh="发现", en="a finding"),
    "defining": Text(zh="由分群规则决定", en="by the segment's rule"),
}
_SIDES = {"say": Text(zh="可以说", en="say"), "avoid": Text(zh="不要说", en="avoid")}


def traits_of(facts: Facts) -> list[Contrast]:
    """The credible differences, findings before what the segment's own rule says; what is hardly more or less is left out."""
    return [one for one in facts.profile.distinctions if one.times_base is None or abs(one.times_base - 1) >= _LEAST_CHANGE][:MOST_TRAITS]


def top_categories(facts: Facts) -> list[CategoryLift]:
    """The categories with most of the members' money."""
    return sorted(facts.profile.categories, key=lambda one: (-one.spend_share, one.category))[:MOST_CATEGORIES]


def figures_of(facts: Facts) -> list[Figure]:
    """Every number that the words speak of."""
    found = facts.profile
    figures = [
        figure("customers", "客户数", "customers", found.customers, Unit.COUNT),
        figure("share_of_customers", "客户占比", "share of customers", found.share, Unit.SHARE),
        figure("base_customers", "全部客户数", "all customers", found.base_customers, Unit.COUNT),
    ]
    if found.share_of_revenue is not None:
        figures.append(figure("share_of_revenue", "销售额占比", "share of revenue", found.share_of_revenue, Unit.SHARE))
    for name, one in facts.numbers.items():
        for key, value, zh, en in ((name, one.value, "本群", "members"), (f"{name}.base", one.base, "全体客户", "all customers")):
            if value is not None:
                figures.append(figure(key, f"{one.label.zh}（{zh}）", f"{one.label.en} ({en})", value, one.unit))
    return [*figures, *_trait_figures(traits_of(facts)), *_category_figures(facts), *_demographic_figures(facts)]


def _trait_figures(traits: list[Contrast]) -> list[Figure]:
    figures = []
    for number, one in enumerate(traits, 1):
        label, unit = trait_label(one), mean_unit(one.unit)
        cells: tuple[tuple[str, FigureValue, str, str, Unit], ...] = (
            ("inside", one.inside, "本群", "members", unit),
            ("base", one.base, "全体客户", "all customers", unit),
            ("ratio", one.times_base, "与全体客户之比", "members ÷ all customers", Unit.RATIO),
        )
        figures += [
            figure(f"trait{number}.{key}", f"{label.zh}（{zh}）", f"{label.en} ({en})", value, kind)
            for key, value, zh, en, kind in cells
            if value is not None
        ]
    return figures


def _category_figures(facts: Facts) -> list[Figure]:
    figures = []
    # Those that the words name come first.
    ranked = list({one.category: one for one in (*facts.favourites, *top_categories(facts))}.values())[:MOST_CATEGORIES]
    for number, one in enumerate(ranked, 1):
        figures += [
            figure(f"category{number}.share", f"{one.category}：消费占比", f"{one.category}: share of spend", one.spend_share, Unit.SHARE),
            figure(
                f"category{number}.lift", f"{one.category}：与全体客户之比", f"{one.category}: share of spend ÷ all", one.lift, Unit.RATIO
            ),
        ]
    return figures


def _demographic_figures(facts: Facts) -> list[Figure]:
    figures = []
    for number, one in enumerate(most_frequent(facts), 1):
        value = value_name(one)
        zh, en = f"{one.label.zh}为{value.zh.strip()}", f"{one.label.en} {value.en}"
        figures += [
            figure(f"demographic{number}.known", f"{one.label.zh}已知的客户数", f"{one.label.en}: members known", one.known, Unit.COUNT),
            figure(f"demographic{number}.share", f"{zh}的占比（本群已知者）", f"{en}: share of members known", one.share, Unit.SHARE),
            figure(f"demographic{number}.base", f"{zh}的占比（全体已知者）", f"{en}: share of all known", one.base_share, Unit.SHARE),
        ]
    return figures


def tables_of(name: Text, facts: Facts, told: dict[str, Text], say: list[Text], avoid: list[Text], currency: str) -> tuple[Table, ...]:
    """The persona in words, its traits, categories, demographics, and what to say."""
    tables = (
        _words_table(name, told),
        _traits_table(facts, currency),
        _categories_table(facts),
        _demographics_table(facts),
        _talk_table(name, say, avoid),
    )
    return tuple(table for table in tables if table.rows)


def _column(column_id: str, zh: str, en: str, unit: Unit, names: dict[str, Text] | None = None) -> Column:
    return Column(id=column_id, label=Text(zh=zh, en=en), unit=unit, names=names or {})


def _table(table_id: str, title: Text, columns: tuple[Column, ...], rows: list[tuple[FigureValue, ...]]) -> Table:
    return Table(id=table_id, title=title, columns=columns, rows=tuple(rows), row_count=len(rows))


def _words_table(name: Text, told: dict[str, Text]) -> Table:
    columns = (
        _column("aspect", "方面", "aspect", Unit.TEXT, {aspect: label_of(aspect) for aspect in told}),
        _column("words", "典型成员", "the typical member", Unit.TEXT, {text.en: text for text in told.values()}),
    )
    rows: list[tuple[FigureValue, ...]] = [(aspect, text.en) for aspect, text in told.items()]
    return _table("persona", Text(zh=f"{name.zh}的画像", en=f"Persona: {name.en}"), columns, rows)


def _traits_table(facts: Facts, currency: str) -> Table:
    traits = traits_of(facts)
    labels = [trait_label(one) for one in traits]
    # What is measured differs from row to row, so values are told in words; the exact ones are figures.
    inside, base = ([_shown(value, one.unit, currency) for one, value in pairs] for pairs in _values(traits))
    columns = (
        _column("trait", "特征", "trait", Unit.TEXT, {label.en: label for label in labels}),
        _column("inside", "本群", "members", Unit.TEXT, {text.en: text for text in inside}),
        _column("base", "全体客户", "all customers", Unit.TEXT, {text.en: text for text in base}),
        _column("ratio", "与全体之比", "members ÷ all", Unit.RATIO),
        _column("kind", "性质", "kind", Unit.TEXT, _KINDS),
    )
    rows: list[tuple[FigureValue, ...]] = [
        (label.en, mine.en, others.en, one.times_base, "defining" if one.defining else "finding")
        for label, mine, others, one in zip(labels, inside, base, traits, strict=True)
    ]
    title = Text(zh="与其他客户有可信差异的特征（平均值）", en="Traits that credibly differ from other customers' (averages)")
    return _table("traits", title, columns, rows)


def _values(traits: list[Contrast]) -> tuple[list[tuple[Contrast, Number | None]], list[tuple[Contrast, Number | None]]]:
    return [(one, one.inside) for one in traits], [(one, one.base) for one in traits]


def _shown(value: Number | None, unit: Unit, currency: str) -> Text:
    return Text(zh=render(value, mean_unit(unit), "zh", currency), en=render(value, mean_unit(unit), "en", currency))


def _categories_table(facts: Facts) -> Table:
    columns = (
        _column("category", "品类", "category", Unit.TEXT),
        _column("share", "消费占比", "share of spend", Unit.SHARE),
        _column("base", "全体客户", "all customers", Unit.SHARE),
        _column("lift", "与全体之比", "members ÷ all", Unit.RATIO),
        _column("buyers", "购买过的成员占比", "members who bought", Unit.SHARE),
    )
    rows: list[tuple[FigureValue, ...]] = [
        (one.category, one.spend_share, one.base_spend_share, one.lift, one.buyers_share) for one in top_categories(facts)
    ]
    return _table("categories", Text(zh="消费最多的品类", en="Categories with most of their spend"), columns, rows)


def _demographics_table(facts: Facts) -> Table:
    found = most_frequent(facts)
    columns = (
        _column("attribute", "属性", "attribute", Unit.TEXT, {one.field: one.label for one in found}),
        _column("value", "最多的取值", "most frequent", Unit.TEXT, {one.value: value_name(one) for one in found}),
        _column("share", "本群占比", "share of members", Unit.SHARE),
        _column("base", "全体客户", "all customers", Unit.SHARE),
        _column("known", "已知人数", "members known", Unit.COUNT),
        _column("customers", "成员数", "members", Unit.COUNT),
    )
    rows: list[tuple[FigureValue, ...]] = [
        (one.field, one.value, one.share, one.base_share, one.known, facts.profile.customers) for one in found
    ]
    return _table("demographics", Text(zh="人口特征（只统计已知者）", en="Demographics, of those for whom they are known"), columns, rows)


def _talk_table(name: Text, say: list[Text], avoid: list[Text]) -> Table:
    lines = [*(("say", text) for text in say), *(("avoid", text) for text in avoid)]
    columns = (
        _column("side", "做法", "do", Unit.TEXT, _SIDES),
        _column("words", "内容", "what", Unit.TEXT, {text.en: text for _, text in lines}),
    )
    rows: list[tuple[FigureValue, ...]] = [(side, text.en) for side, text in lines]
    return _table("talk", Text(zh=f"怎么和{name.zh}沟通", en=f"How to talk to them: {name.en}"), columns, rows)


def charts_of(name: Text, facts: Facts) -> tuple[Chart, ...]:
    """Traits as multiples of all customers', and orders by weekday."""
    charts = []
    shown = [one for one in traits_of(facts) if one.times_base is not None][:_CHARTED]
    if shown:
        title = Text(zh=f"{name.zh}：各特征为全体客户的多少", en=f"{name.en}: traits as a share of all customers'")
        charts.append(bars("traits", title, [trait_label(one) for one in shown], [(name, [one.times_base for one in shown])], ".0%"))
    if facts.weekdays:
        title = Text(zh="各天的订单占比", en="Share of orders by weekday")
        base = Text(zh="全体客户", en="all customers")
        series: list[tuple[Text, tuple[float, ...]]] = [(name, facts.weekdays[0])]
        series += [] if facts.is_everyone else [(base, facts.weekdays[1])]
        charts.append(bars("weekdays", title, list(script().weekdays), series, ".0%"))
    return tuple(charts)


def trait_details(facts: Facts) -> list[dict[str, Any]]:
    """The traits as an answer's template reads them."""
    return [
        {
            "figure": f"trait{number}",
            "field": one.field,
            "label": trait_label(one).model_dump(),
            "higher": one.inside > one.rest,
            "defining": one.defining,
            "has_ratio": one.times_base is not None,
        }
        for number, one in enumerate(traits_of(facts), 1)
    ]
