"""What a scheme is: groups with names, and the field of a customer that holds them."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Text

NOT_ORDERED = Text(zh="没有有效订单的客户", en="Customers without a counted order")


@dataclass(frozen=True)
class Group:
    """One named group.

    Args:
        id: What is stored.
        name: What is shown.
        meaning: One short description of who is in it.
        aliases: Other names that operators use, in either language.
        value: What the scheme's field holds; the id when left out.
    """

    id: str
    name: Text
    meaning: Text
    aliases: tuple[str, ...] = ()
    value: str = ""

    @property
    def stored(self) -> str:
        """What the scheme's field holds for a member."""
        return self.value or self.id


@dataclass(frozen=True)
class Scheme:
    """A set of groups of which a customer is in one at most.

    Args:
        id: As requests name it, such as "rfm" or "membership".
        name: What is shown.
        field: The field of a customer that holds the group's id.
        groups: In the order in which they are listed, best first.
        definition: How customers come into the groups, in words.
        outside: Who is in none of the groups.
    """

    id: str
    name: Text
    field: str
    groups: tuple[Group, ...]
    definition: Text
    outside: Text = NOT_ORDERED


def named(group_id: str, zh: str, en: str, meaning_zh: str, meaning_en: str, *aliases: str) -> Group:
    """A group whose field holds its id."""
    return Group(group_id, Text(zh=zh, en=en), Text(zh=meaning_zh, en=meaning_en), aliases)
