"""What a tool call works with: an engine, the as-of date, the data version and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.contracts import Receipt, Statement, Text
from tools.errors import UnsupportedQuestion
from tools.settings import Settings
from tools.warehouse.currency import currency_symbol
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Stamp, Warehouse

_CURRENT = "features are current"


@dataclass(frozen=True)
class ToolContext:
    """Everything that a tool reads besides its own arguments; nothing else influences a result.

    Args:
        engine: Reads the warehouse.
        as_of: The date up to which the data count; the data's last date unless the operator gave one.
        data_version: Changes whenever the loaded data do.
        config: The settings.
        warehouse_id: Which warehouse it is, so that facts about the data can be kept between calls; empty: keep none.
    """

    engine: Engine
    as_of: dt.date
    data_version: str
    config: Settings = field(default_factory=Settings)
    warehouse_id: str = ""
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What was looked up once for this context."""

    def receipt(
        self, tool: str, arguments: dict[str, object], definition: Text, *statements: Statement, receipt_id: str = "main"
    ) -> Receipt:
        """A receipt that carries this context's as-of date and data version."""
        return Receipt(
            id=receipt_id,
            tool=tool,
            arguments=dict(arguments),
            statements=statements,
            definition=definition,
            as_of=self.as_of,
            data_version=self.data_version,
            seed=self.config.seed,
        )


def read_meta(engine: Engine, key: str) -> str | None:
    """The value stored under ``key`` in the warehouse's meta table."""
    found = engine.rows("SELECT value FROM meta WHERE key = $key", {"key": key})
    return str(found[0][0]) if found else None


def write_meta(engine: Engine, key: str, value: str) -> None:
    """Store ``value`` under ``key``."""
    engine.execute("DELETE FROM meta WHERE key = $key", {"key": key})
    engine.execute("INSERT INTO meta VALUES ($key, $value)", {"key": key, "value": value})


def features_current(ctx: ToolContext) -> bool:
    """Whether customer_features is of the context's date and computed from the data that are loaded now."""
    if _CURRENT not in ctx.kept:
        computed = (read_meta(ctx.engine, "features_as_of"), read_meta(ctx.engine, "refreshed_data_version"))
        ctx.kept[_CURRENT] = computed == (ctx.as_of.isoformat(), ctx.data_version)
    return bool(ctx.kept[_CURRENT])


def latest_date(engine: Engine) -> dt.date | None:
    """The latest order or event date in the data; None without any."""
    found = engine.rows(
        "SELECT CAST(max(moment) AS DATE) FROM "
        "(SELECT max(ordered_at) AS moment FROM orders UNION ALL SELECT max(occurred_at) FROM events) AS latest"
    )
    return found[0][0] if found else None


@dataclass(frozen=True)
class _Facts:
    latest: dt.date | None
    version: str
    currency: str


_known: dict[Path, tuple[Stamp, _Facts]] = {}


@contextmanager
def open_context(warehouse: Warehouse, as_of: dt.date | None = None) -> Iterator[ToolContext]:
    """A reading context over ``warehouse``.

    Raises:
        UnsupportedQuestion: The warehouse holds neither orders nor events, and no date was given.
    """
    stamp = warehouse.stamp
    with warehouse.reading() as engine:
        facts = _facts(warehouse, stamp, engine)
        day = as_of or facts.latest
        if day is None:
            raise UnsupportedQuestion(
                "The warehouse holds no orders or events yet; load some first: fenqun load PATH.",
                "数据仓库里还没有订单或行为数据；请先载入：fenqun load 路径。",
            )
        config = warehouse.config.model_copy(update={"currency": warehouse.config.currency or facts.currency})
        yield ToolContext(engine, day, facts.version, config, str(warehouse.path))


def _facts(warehouse: Warehouse, stamp: Stamp, engine: Engine) -> _Facts:
    """What every context tells of the data, read once for each state of the file.

    The stamp is older than the reading: what a writer commits in between gives the next reader another stamp.
    """
    known = _known.get(warehouse.path)
    if known is None or known[0] != stamp:
        symbol = currency_symbol(engine, warehouse.config.model_copy(update={"currency": ""}))
        known = _known[warehouse.path] = (stamp, _Facts(latest_date(engine), read_meta(engine, "data_version") or "0", symbol))
    return known[1]
