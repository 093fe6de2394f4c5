"""“Average spend of those contacted by campaign 13 in July”: a campaign is sent once, so that a time beside it is of what is measured."""

from __future__ import annotations

from typing import Any

from tools.windows import Window


def take_contact_times(args: dict[str, Any]) -> list[Window]:
    """The time in which one campaign was said to contact the customers of a measurement, taken off their rule."""
    rule = args.get("customers")
    if (
        not isinstance(rule, dict)
        or rule.get("behaviour") != "contacts"
        or "campaign" not in rule.get("where", {})
        or not rule.get("window")
    ):
        return []
    args["customers"] = {key: value for key, value in rule.items() if key != "window"}
    return [Window.model_validate(rule["window"])]
