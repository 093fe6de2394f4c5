"""How the quality of models is shown: figures, three tables and a chart."""

from __future__ import annotations

from collections.abc import Sequence

from tools.contracts import Chart, Column, Figure, Table, Text, Unit
from tools.segments.quality.facts import ModelFacts
from tools.segments.quality.measures import book, claims, peer_name
from tools.segments.quality.words import both, decision_words, judged_on
from tools.segments.reporting import bars, figure


def figures(models: Sequence[ModelFacts]) -> tuple[Figure, ...]:
    """What each model claims, what its peers reach, and how it held: ``churn.auc``, ``churn.recency.auc``, ``churn.held.auc``."""
    found = [figure("models", "模型数", "models", len(models), Unit.COUNT)]
    for facts in models:
        found += _of_model(facts)
    return tuple(found)


def _of_model(facts: ModelFacts) -> list[Figure]:
    name, key = facts.name, facts.key
    found = [_figure(f"{key}.{measure}", name, book().measures[measure].name, value, measure) for measure, value in facts.claims.items()]
    for measure, ways in facts.beside.items():
        label = book().measures[measure].name
        for way, value in ways.items():
            peer = peer_name(way)
            said = Text(zh=f"{peer.zh}的{label.zh}", en=f"{label.en} of {peer.en}")
            found.append(_figure(f"{key}.{way}.{measure}", name, said, value, measure))
    held = facts.latest_held
    for measure, value in claims(held[0].quality).items() if held else ():
        label = book().measures[measure].name
        said = Text(zh=f"此后实际的{label.zh}", en=f"{label.en} as it turned out")
        found.append(_figure(f"{key}.held.{measure}", name, said, value, measure))
    if facts.cases is not None:
        found.append(figure(f"{key}.customers", f"{name.zh}：检验客户数", f"{name.en}: customers judged on", facts.cases, Unit.COUNT))
    if facts.tested_from is not None:
        found.append(figure(f"{key}.test_cut_off", f"{name.zh}：检验截点", f"{name.en}: cut-off of the test", facts.tested_from, Unit.DATE))
    return found


def _figure(figure_id: str, owner: Text, label: Text, value: float, measure: str) -> Figure:
    return figure(figure_id, f"{owner.zh}：{label.zh}", f"{owner.en}: {label.en}", value, book().measures[measure].unit)


class _Cells:
    """Texts of a column, each known by its English."""

    def __init__(self) -> None:
        self.names: dict[str, Text] = {}

    def add(self, text: Text | None) -> str | None:
        """What the cell holds."""
        if text is None or not text.en:
            return None
        self.names[text.en] = text
        return text.en


def _column(column_id: str, zh: str, en: str, cells: _Cells | None = None, unit: Unit = Unit.TEXT) -> Column:
    return Column(id=column_id, label=Text(zh=zh, en=en), unit=unit, names=cells.names if cells else {})


def tables(models: Sequence[ModelFacts], currency: str) -> tuple[Table, ...]:
    """The models in use, all their measures, and the history of their runs."""
    return _models(models, currency), _measures(models, currency), _history(models, currency)


def _models(models: Sequence[ModelFacts], currency: str) -> Table:
    cells = [_Cells() for _ in range(8)]
    rows = []
    for facts in models:
        main, held = facts.main, facts.latest_held
        peer = facts.peer
        kept = claims(held[0].quality).get(main) if held and main else None
        row = (
            facts.name,
            judged_on(facts) if main else None,
            book().measures[main].name if main else Text(zh="规则代替", en="a rule stands in"),
            both(main, facts.claims[main], currency) if main else None,
            _joined(peer[0], both(main, peer[1], currency)) if main and peer else None,
            both(main, kept, currency) if main and kept is not None else None,
            decision_words(facts, currency),
        )
        told = [cell.add(text) for cell, text in zip(cells, row, strict=False)]
        rows.append((told[0], facts.run.version, facts.run.as_of, *told[1:]))
    columns = (
        _column("model", "模型", "model", cells[0]),
        _column("version", "版本", "version"),
        _column("as_of", "训练数据截至", "trained on data up to", unit=Unit.DATE),
        _column("judged_on", "检验对象", "judged on", cells[1]),
        _column("measure", "指标", "measure", cells[2]),
        _column("claimed", "声称", "claims", cells[3]),
        _column("peer", "最好的简单方法", "best simpler way", cells[4]),
        _column("held", "此后实际", "held since", cells[5]),
        _column("decision", "替换", "replacement", cells[6]),
    )
    return Table(id="models", title=Text(zh="使用中的模型", en="Models in use"), columns=columns, rows=tuple(rows), row_count=len(rows))


def _joined(name: Text, value: Text) -> Text:
    return Text(zh=f"{name.zh}：{value.zh}", en=f"{name.en}: {value.en}")


def _measures(models: Sequence[ModelFacts], currency: str) -> Table:
    cells = [_Cells() for _ in range(5)]
    rows = []
    for facts in models:
        held = facts.latest_held
        kept = claims(held[0].quality) if held else {}
        for measure, value in facts.claims.items():
            ways = facts.beside.get(measure, {})
            listed = [_joined(peer_name(way), both(measure, number, currency)) for way, number in ways.items()]
            peers = Text(zh="；".join(text.zh for text in listed), en="; ".join(text.en for text in listed))
            found = both(measure, kept[measure], currency) if measure in kept else None
            row = (facts.name, book().measures[measure].name, both(measure, value, currency), peers, found)
            rows.append(tuple(cell.add(text) for cell, text in zip(cells, row, strict=True)))
    columns = (
        _column("model", "模型", "model", cells[0]),
        _column("measure", "指标", "measure", cells[1]),
        _column("claimed", "声称", "claims", cells[2]),
        _column("peers", "其他方法", "other ways", cells[3]),
        _column("held", "此后实际", "held since", cells[4]),
    )
    title = Text(zh="各项指标", en="All measures")
    return Table(id="measures", title=title, columns=columns, rows=tuple(rows[:50]), row_count=len(rows))


def _history(models: Sequence[ModelFacts], currency: str) -> Table:
    cells = [_Cells() for _ in range(5)]
    rows = []
    for facts in models:
        found = {held.run_id: claims(held.quality) for held in reversed(facts.held)}
        for run in facts.runs:
            own = type(facts)(run, facts.runs, facts.held)
            kept = found.get(run.run_id, {}).get(own.main or "")
            row = (
                own.name,
                Text(zh="使用中", en="in use") if run.in_use else None,
                both(own.main, own.claims[own.main], currency) if own.main else None,
                both(own.main, kept, currency) if own.main and kept is not None else None,
                decision_words(own, currency),
            )
            told = [cell.add(text) for cell, text in zip(cells, row, strict=True)]
            rows.append((told[0], run.run_id, run.as_of, run.version, *told[1:]))
    columns = (
        _column("model", "模型", "model", cells[0]),
        _column("run", "批次", "run", unit=Unit.COUNT),
        _column("as_of", "训练数据截至", "trained on data up to", unit=Unit.DATE),
        _column("version", "版本", "version"),
        _column("in_use", "状态", "state", cells[1]),
        _column("claimed", "声称", "claims", cells[2]),
        _column("held", "此后实际", "held since", cells[3]),
        _column("decision", "替换", "replacement", cells[4]),
    )
    title = Text(zh="历次训练", en="Runs so far")
    return Table(id="runs", title=title, columns=columns, rows=tuple(rows[:50]), row_count=len(rows))


def chart(models: Sequence[ModelFacts]) -> Chart | None:
    """The main measure of each model: claimed, of the best simpler way, and as it turned out; None without a claim."""
    drawn = [facts for facts in models if facts.main and not facts.is_fallback]
    if not drawn:
        return None
    names: list[Text] = []
    claimed: list[float | None] = []
    peers: list[float | None] = []
    held: list[float | None] = []
    for facts in drawn:
        assert facts.main is not None
        label, latest = book().measures[facts.main].name, facts.latest_held
        names.append(Text(zh=f"{facts.name.zh}：{label.zh}", en=f"{facts.name.en}: {label.en}"))
        claimed.append(facts.claims[facts.main])
        peers.append(facts.peer[1] if facts.peer else None)
        held.append(claims(latest[0].quality).get(facts.main) if latest else None)
    series = [
        (Text(zh="声称", en="claimed"), claimed),
        (Text(zh="最好的简单方法", en="best simpler way"), peers),
        (Text(zh="此后实际", en="held since"), held),
    ]
    title = Text(zh="各模型的主要指标", en="Main measure of each model")
    return bars("quality", title, names, [one for one in series if any(value is not None for value in one[1])], ".2f")
