"""How complete the profile of each customer is: the refresh step "completeness"."""

from __future__ import annotations

import datetime as dt

from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.profile_parts import completeness_sql, present_parts


def score_completeness(engine: Engine, as_of: dt.date, config: Settings) -> list[str]:
    """Leave ``completeness_scored`` (customer_id, profile_completeness), one row per customer.

    Args:
        engine: Writes the temporary table; reads ``customers``.
        as_of: Not used: what is known of a customer has no date.
        config: Not used.

    Returns:
        The parts that a whole profile has in these data; none leaves completeness unknown.
    """
    del as_of, config
    parts = present_parts(engine)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE completeness_scored AS "
        f"SELECT c.customer_id, {completeness_sql(parts)} AS profile_completeness FROM customers AS c"
    )
    return parts
