"""What a customer did compared with more of it: with all that was done, or with what was done in another time."""

from __future__ import annotations

from tools.errors import InputError
from tools.rules import Behaviour


def compared_with(rule: Behaviour) -> tuple[Behaviour, Behaviour]:
    """What is compared and what with, as behaviours that are added up.

    Raises:
        InputError: A share of something that is not named, or a share of another time.
    """
    if rule.than is not None and rule.share:
        raise InputError("A share is of one time; leave out `than`.", "占比只针对一个时间段；请去掉 than。")
    part = rule.model_copy(update={"share": False, "than": None})
    if rule.than is not None:
        return part, part.model_copy(update={"window": rule.than})
    if not rule.where and not rule.basket:
        raise InputError("A share needs `where`: what it is the share of.", "占比需要在 where 中指明是什么的占比。")
    return part, part.model_copy(update={"where": {}, "basket": []})


def relative_condition(rule: Behaviour, first: str, second: str, values: list[str]) -> str:
    """The comparison in SQL.

    Less than nothing is nothing: who did nothing before has not come down, and of nothing there is no part.

    Args:
        rule: What is compared.
        first: The expression of what is compared.
        second: The expression of what it is compared with.
        values: Placeholders of the rule's values.
    """
    bound = [f"{value} * {second}" for value in values]
    sign = "<>" if rule.op == "!=" else rule.op
    compared = f"BETWEEN {bound[0]} AND {bound[1]}" if rule.op == "between" else f"{sign} {bound[0]}"
    some = rule.share or not rule.op.startswith(">")
    return f"({f'{second} > 0 AND ' if some else ''}{first} {compared})"
