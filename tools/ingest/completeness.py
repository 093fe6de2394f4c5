"""How many customers each field is known for: single fields, groups of fields, and whole profiles."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Statement, Text
from tools.errors import UnknownName
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote
from tools.warehouse.profile_parts import PARTS, completeness_sql, present_parts

FIELDS: dict[str, Text] = {
    "name": Text(zh="姓名", en="name"),
    "phone": Text(zh="手机号", en="phone"),
    "email": Text(zh="邮箱", en="e-mail"),
    "membership_number": Text(zh="会员号", en="membership number"),
    "address": Text(zh="地址", en="address"),
    "gender": Text(zh="性别", en="gender"),
    "birth_date": Text(zh="出生日期", en="birth date"),
    "age": Text(zh="年龄", en="age"),
    "age_band": Text(zh="年龄段", en="age band"),
    "city": Text(zh="城市", en="city"),
    "region": Text(zh="地区", en="region"),
    "income": Text(zh="收入", en="income"),
    "income_band": Text(zh="收入段", en="income band"),
    "signup_at": Text(zh="注册时间", en="sign-up date"),
    "marketing_consent": Text(zh="营销授权", en="marketing consent"),
}
"""Columns of customers, with their names."""

GROUPS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "demographics": (
        Text(zh="人口统计信息", en="demographics"),
        ("gender", "birth_date", "age", "age_band", "income", "income_band"),
    ),
    "contact": (Text(zh="联系方式（手机号或邮箱）", en="a contact (phone or e-mail)"), ("phone", "email")),
    "place": (Text(zh="地域信息", en="a place"), ("city", "region", "address")),
    "identity": (Text(zh="身份信息", en="an identity"), ("name", "membership_number")),
}
"""A group is known for a customer when at least one of its fields is."""

_PREFIX = "attribute."
"""What rules put before the name of an attribute."""


@dataclass(frozen=True)
class Known:
    """One field or group, and how many customers it is known for."""

    id: str
    label: Text
    customers: int


def attribute_names(ctx: ToolContext) -> list[str]:
    """Names of the attributes that sources brought beyond the fields."""
    found = ctx.engine.rows(
        "SELECT DISTINCT unnest(json_keys(attributes)) AS name FROM customers WHERE attributes IS NOT NULL ORDER BY name LIMIT 500"
    )
    return [str(row[0]) for row in found]


def field_coverage(ctx: ToolContext, names: list[str]) -> tuple[int, list[Known], Statement]:
    """All customers, and for each name how many of them it is known for.

    Args:
        ctx: Where to look.
        names: Fields, groups ("demographics"), attributes, or columns of features and scores.

    Raises:
        UnknownName: A name is none of these.
    """
    attributes = attribute_names(ctx)
    given, names = names, [_plain(name, attributes) for name in names]
    parameters: dict[str, str] = {}
    parts = [_condition(ctx, name, attributes, parameters) for name in names]
    counts = "".join(f", count(*) FILTER (WHERE {condition}) AS {quote(f'known_{number}')}" for number, (condition, _) in enumerate(parts))
    sql = f"SELECT count(*) AS customers{counts} FROM {_source(names, attributes)} AS c"
    row = ctx.engine.rows(sql, parameters or None)[0]
    ids = [name.removeprefix(_PREFIX) for name in given]
    known = [Known(one, label, int(count)) for one, (_, label), count in zip(ids, parts, row[1:], strict=True)]
    return int(row[0]), known, Statement(sql=sql, parameters=parameters)


def _plain(name: str, attributes: list[str]) -> str:
    """An attribute without the prefix that rules put before its name."""
    plain = next((name.removeprefix(prefix) for prefix in (_PREFIX, "attributes.") if name.startswith(prefix)), name)
    return plain if plain in attributes else name


@dataclass(frozen=True)
class Completeness:
    """How complete profiles are.

    Args:
        customers: All customers.
        average: Mean share of the parts that are known, between 0 and 1; None where the data have no part.
        levels: Number of parts known to the customers for whom that many are.
        parts: Names of the parts that a whole profile has in these data.
        statement: How it was counted.
    """

    customers: int
    average: float | None
    levels: dict[int, int]
    parts: list[Text]
    statement: Statement

    @property
    def whole(self) -> int:
        """Customers with a complete profile."""
        return self.levels.get(len(self.parts), 0) if self.parts else 0


def profile_completeness(ctx: ToolContext) -> Completeness:
    """How much of their profile is known of customers: on average, and how many have how many parts of it."""
    present = present_parts(ctx.engine)
    sql = f"SELECT {completeness_sql(present)} AS share, count(*) AS customers FROM customers AS c GROUP BY share ORDER BY share"
    rows = ctx.engine.rows(sql)
    customers = sum(int(count) for _, count in rows)
    average = sum(share * count for share, count in rows) / customers if present and customers else None
    levels = {round(share * len(present)): int(count) for share, count in rows if share is not None}
    return Completeness(customers, average, levels, [PARTS[part][0] for part in present], Statement(sql=sql))


def _any_known(columns: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"c.{quote(column)} IS NOT NULL" for column in columns) + ")"


def _condition(ctx: ToolContext, name: str, attributes: list[str], parameters: dict[str, str]) -> tuple[str, Text]:
    if name in GROUPS:
        label, columns = GROUPS[name]
        return _any_known(columns), label
    if name in FIELDS:
        return _any_known((name,)), FIELDS[name]
    if name in attributes:
        key = f"a{len(parameters)}"
        parameters[key] = f'$."{name}"'
        shown = name.replace("_", " ")
        return f"json_extract_string(c.attributes, ${key}) IS NOT NULL", Text(zh=shown, en=shown)
    if name in _feature_columns(ctx):
        return _any_known((name,)), Text(zh=name, en=name)
    raise UnknownName("field", "字段", name, [*GROUPS, *FIELDS, *attributes])


def _feature_columns(ctx: ToolContext) -> set[str]:
    found = ctx.engine.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'customer_base'")
    return {str(row[0]) for row in found}


def _source(names: list[str], attributes: list[str]) -> str:
    plain = {*GROUPS, *FIELDS, *attributes}
    # Personal columns are in the table only, features and scores in the view only.
    if all(name in plain for name in names):
        return "customers"
    shared = "customer_id, gender, age, age_band, city, region, income, income_band, signup_at, marketing_consent, attributes"
    return f"(SELECT k.*, b.* EXCLUDE ({shared}) FROM customers AS k JOIN customer_base AS b ON b.customer_id = k.customer_id)"
