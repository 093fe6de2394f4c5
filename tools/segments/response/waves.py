"""Waves of contacts: which campaigns of a kind there were, whom they reached, and since when their outcome is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.warehouse.engine import Engine
from tools.warehouse.sql_files import sql_text

UNKINDED = "(none)"
"""Stands for the kind of campaigns that have none."""
RESPONSE_DAYS = 30
"""Days after the last contact in which responses to a campaign without an end still come in."""
MOST_WAVES = 10
"""Of a kind; the latest ones say most about the next."""
LEAST_TESTED = 30
"""Responses, and contacts without one, that the later campaigns must have together to be a test."""


def read_sql(name: str) -> str:
    """A statement of this folder."""
    return sql_text("tools.segments.response", name)


@dataclass(frozen=True)
class Wave:
    """One campaign, or one month of contacts of a campaign that goes on.

    Args:
        kind: Of the campaign.
        campaign_id: Its id.
        name: Its name, or the id.
        month: First day of the month of the contacts.
        cut_off: The day before the first contact; features use nothing after it.
        first_contact: The day of the first contact.
        known_on: The day from which on it is known who responded.
        contacted: Customers.
        responded: Those of them with at least one response to the campaign, so far.
    """

    kind: str
    campaign_id: str
    name: str
    month: dt.date
    cut_off: dt.date
    first_contact: dt.date
    known_on: dt.date
    contacted: int
    responded: int

    @property
    def key(self) -> tuple[str, str]:
        """What tells the wave apart, as JSON can hold it."""
        return self.campaign_id, self.month.isoformat()


@dataclass(frozen=True)
class Plan:
    """Which waves of a kind a model learns from, and which later ones it is judged on; the latest first.

    Args:
        known: Waves whose outcome is known, for the model in use.
        test: The later ones.
        training: Those whose outcome was known before the first contact of ``test``; empty where there are too few.
    """

    known: tuple[Wave, ...]
    test: tuple[Wave, ...]
    training: tuple[Wave, ...]


def read_waves(engine: Engine, as_of: dt.date) -> list[Wave]:
    """All waves by ``as_of``, of each kind the latest first; leaves the tables ``response_cases`` and ``response_waves``."""
    engine.execute(f"CREATE OR REPLACE TEMP TABLE response_cases AS {read_sql('cases')}", {"as_of": as_of})
    parameters = {"unkinded": UNKINDED, "window": RESPONSE_DAYS}
    engine.execute(f"CREATE OR REPLACE TEMP TABLE response_waves AS {read_sql('waves')}", parameters)
    rows = engine.rows("SELECT * FROM response_waves ORDER BY kind, first_contact DESC, campaign_id, wave")
    return [Wave(*row) for row in rows]


def kinds_by_contacts(waves: Sequence[Wave]) -> list[str]:
    """The kinds of campaigns, those that reached most customers first."""
    contacted: dict[str, int] = {}
    for wave in waves:
        contacted[wave.kind] = contacted.get(wave.kind, 0) + wave.contacted
    return sorted(contacted, key=lambda kind: (-contacted[kind], kind))


def known_waves(waves: Sequence[Wave], kind: str, as_of: dt.date) -> list[Wave]:
    """The waves of a kind whose outcome is known by ``as_of``, the latest first."""
    return [wave for wave in waves if wave.kind == kind and wave.known_on <= as_of]


def plan_waves(known: Sequence[Wave]) -> Plan:
    """Split the known waves of a kind into those to learn from and later ones to judge on."""
    for count in range(1, len(known)):
        test = known[:count]
        if min(_responses(test), _contacts(test) - _responses(test)) >= LEAST_TESTED:
            first = min(wave.cut_off for wave in test)
            training = tuple(wave for wave in known[count:] if wave.known_on <= first)
            enough = min(_responses(training), _contacts(training) - _responses(training)) >= LEAST_TESTED
            return Plan(tuple(known[:MOST_WAVES]), tuple(test), training[:MOST_WAVES] if enough else ())
    return Plan(tuple(known[:MOST_WAVES]), (), ())


def _responses(waves: Sequence[Wave]) -> int:
    return sum(wave.responded for wave in waves)


def _contacts(waves: Sequence[Wave]) -> int:
    return sum(wave.contacted for wave in waves)


def usual_wait(waves: Sequence[Wave]) -> int:
    """Days after which the next campaign of a kind is usually over: the longest gap between waves, and the longest duration."""
    starts = sorted({wave.first_contact for wave in waves})
    gaps = [(later - earlier).days for earlier, later in pairwise(starts)]
    lengths = [(wave.known_on - wave.first_contact).days for wave in waves]
    return max([RESPONSE_DAYS, *gaps]) + max([0, *lengths])
