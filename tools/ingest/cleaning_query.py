"""The statement that reads, types and judges every row of a source."""

from __future__ import annotations

import datetime as dt

from tools.ingest import formats
from tools.ingest.attributes import ATTRIBUTE
from tools.ingest.currencies import currency_expression, is_chinese
from tools.ingest.grains import GRAINS, SQL_TYPES, Field, columns_of, filled_fields, makes_order_ids, mapped_fields, stand_ins_of_product
from tools.ingest.names import is_family_name
from tools.ingest.types import ColumnMapping, StagedTable, TableMapping
from tools.warehouse.identifiers import quote

EARLIEST = dt.date(1990, 1, 1)
"""Nothing in a retailer's data is older; earlier dates are defaults and typing errors."""

LARGEST_AMOUNT = 1_000_000_000
"""Amounts from here on are typing errors or ids in the wrong column, in any currency."""

NOBODY = (
    "-1",
    "guest",
    "guests",
    "anonymous",
    "walk-in",
    "walkin",
    "walk in",
    "unknown",
    "游客",
    "散客",
    "匿名",
    "路人",
    "非会员",
)
"""Customer ids that stand for "no customer", in lower case."""

_PLAIN_ID = "[1-9A-Za-z][0-9A-Za-z_#-]*[0-9]"
"""Ids of this shape need no trimming, mean no "nothing" and no "nobody", and have no ".0" behind them."""

_NUMBERS = ("amount", "line_amount", "quantity", "unit_price")
_DATE_SHAPE = r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}"


_SEPARATOR = "chr(31)"
_HAN = "[\u4e00-\u9fff]"


def is_stored(field: Field, filled: frozenset[str]) -> bool:
    """Whether the cleaned table has a column for the field."""
    return field.name in filled or field.kind == "customer"


def cleaning_query(staged: StagedTable, mapping: TableMapping, last_day: dt.date, *, numbered: bool = True) -> str:
    """The SELECT that reads, types and judges every row.

    Args:
        staged: The source.
        mapping: Its mapping.
        last_day: Dates after it are impossible.
        numbered: Whether to number the rows and say what is wrong with each; else ``flawed`` tells whether something is.
    """
    reader = _Reader(staged, mapping, last_day)
    stored = [field for field in reader.spec.fields if is_stored(field, filled_fields(mapping))]
    # An id that is made refers to what the row's other fields are read as.
    stored.sort(key=lambda field: field.name == "order_id" and makes_order_ids(mapping))
    typed = ", ".join(f"{reader.expression(field)} AS {reader.name(field.name)}" for field in stored)
    fields = ", ".join(f"{reader.name(field.name)} AS {quote(field.name)}" for field in stored)
    extra = "".join(f", {expression} AS {name}" for name, expression in reader.extras())
    raw = ", ".join(f"{_literal(column)}: {quote(column)}" for column in staged.columns)
    told = f"""
        _row, reason, CASE WHEN reason IS NOT NULL THEN {reader.detail()} END AS detail,
        CASE WHEN reason IS NOT NULL THEN CAST(to_json({{{raw}}}) AS VARCHAR) END AS row_values
    """
    return f"""
        SELECT {told if numbered else "reason IS NOT NULL AS flawed"}, {fields}{extra}
        FROM (SELECT *, {reader.reason()} AS reason FROM (SELECT *, {typed} FROM {staged.relation}) AS typed) AS judged
    """


def keeps_attributes(mapping: TableMapping) -> bool:
    """Whether the cleaned rows carry attributes of their customers."""
    return mapping.grain == "customers" or bool(columns_of(mapping, ATTRIBUTE))


class _Reader:
    """Writes the expressions for one source; typed columns carry a prefix that no source column has."""

    def __init__(self, staged: StagedTable, mapping: TableMapping, last_day: dt.date) -> None:
        self.staged = staged
        self.mapping = mapping
        self.spec = GRAINS[mapping.grain]
        self.found = mapped_fields(mapping)
        self.last_day = last_day
        self.prefix = "·"
        while any(column.startswith(self.prefix) for column in staged.columns):
            self.prefix += "·"

    def name(self, field: str) -> str:
        """The field's column in the query."""
        return quote(self.prefix + field)

    def expression(self, field: Field) -> str:
        """SQL of the field's cleaned value."""
        column = self.found.get(field.name)
        if field.kind == "customer":
            return self._customer(column)
        if field.name == "product_id":
            return self._product(column)
        if field.name == "order_id" and column is None:
            return self._made_order_id()
        if field.name == "currency" and column is None:
            return self._currency()
        if column is None:
            return f"CAST(NULL AS {SQL_TYPES[field.kind]})"
        parts = columns_of(self.mapping, field.targets[0])
        return _joined(field, parts) if len(parts) > 1 else _reading(field, column)

    def _product(self, column: ColumnMapping | None) -> str:
        """The id, or the name where there is none; of a table that only tells kinds of products, the kind."""
        given = [_plainly(column, formats.id_expression(column))] if column else []
        stand_ins = [formats.text_expression(self.found[field.name]) for field in stand_ins_of_product(self.mapping)]
        joined = [f"nullif(concat_ws(' / ', {', '.join(stand_ins)}), '')"] if len(stand_ins) > 1 else stand_ins
        return f"COALESCE({', '.join([*given, *joined])})" if given or joined else "CAST(NULL AS VARCHAR)"

    def _made_order_id(self) -> str:
        """An id from the content, so that the same rows in another file have the same ids.

        Lines of one customer at one moment are one order. Of whole orders, equal rows are orders of their own where the source
        tells days only; with a time of day they are one order told twice.
        """
        if not makes_order_ids(self.mapping):
            return "CAST(NULL AS VARCHAR)"
        moment, customer = self.name("happened_at"), self.name("customer_id")
        if self.mapping.grain == "order_lines":
            nobody = f"CASE WHEN {customer} IS NULL THEN CAST(_row AS VARCHAR) END"
            return f"'auto-' || left(md5(concat_ws({_SEPARATOR}, {customer}, CAST({moment} AS VARCHAR), {nobody})), 16)"
        texts = ", ".join(f"COALESCE({quote(column)}, '')" for column in self.staged.columns)
        content = f"md5(concat_ws({_SEPARATOR}, {texts}))"
        place = f"row_number() OVER (PARTITION BY {content} ORDER BY _row)"
        again = f"CASE WHEN {place} > 1 AND {moment} = date_trunc('day', {moment}) THEN '-' || {place} ELSE '' END"
        return f"'auto-' || left({content}, 16) || {again}"

    def _currency(self) -> str:
        money = [quote(column.source) for column in self.mapping.columns if column.currency]
        if not money:
            return "CAST(NULL AS VARCHAR)"
        return currency_expression(f"concat_ws(' ', {', '.join(money)})", chinese=is_chinese(self.staged.columns))

    def _customer(self, column: ColumnMapping | None) -> str:
        numbers = [self.found[name] for name in ("membership_number", "customers_membership_number") if name in self.found]
        stand_ins = [formats.id_expression(one) for one in numbers]
        contact = [
            read(self.found[name])
            for name, read in (
                ("phone", formats.phone_expression),
                ("email", formats.email_expression),
                ("customers_phone", formats.phone_expression),
                ("customers_email", formats.email_expression),
            )
            if name in self.found
        ]
        if contact:
            # Ids reach language models, contacts must not: the id of who is known by a contact only is a digest of it.
            stand_ins.append(f"'contact-' || left(md5(COALESCE({', '.join(contact)})), 12)")
        given = _plainly(column, _somebody(formats.id_expression(column))) if column else ""
        parts = [*([given] if given else []), *stand_ins]
        return f"COALESCE({', '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"

    def reason(self) -> str:
        """SQL of why a row is refused; NULL where it is not."""
        ids = [f"WHEN {self.name(field)} IS NULL THEN 'missing_id'" for field in self.spec.required]
        checks = [f"CASE {' '.join(ids)} END"] if ids else []
        checks += [self._date_check()] if "happened_at" in self.found else []
        checks += [self._number_check(field) for field in _NUMBERS if field in self.found]
        return f"COALESCE({', '.join(checks)})" if checks else "CAST(NULL AS VARCHAR)"

    def _date_check(self) -> str:
        moment, text = self.name("happened_at"), self._raw_text("happened_at")
        shaped = f"regexp_matches({text}, {_literal(_DATE_SHAPE)})"
        unread = f"CASE WHEN {text} IS NULL THEN 'missing_date' WHEN {shaped} THEN 'impossible_date' ELSE 'unreadable_date' END"
        bounds = f"{moment} < TIMESTAMP '{EARLIEST}' OR {moment} >= TIMESTAMP '{self.last_day + dt.timedelta(days=1)}'"
        return f"CASE WHEN {moment} IS NULL THEN {unread} WHEN {bounds} THEN 'impossible_date' END"

    def _number_check(self, field: str) -> str:
        value, text = self.name(field), self._raw_text(field)
        number = f"CASE WHEN TRY_CAST({text} AS DOUBLE) IS NOT NULL THEN 'absurd_amount' ELSE 'unreadable_amount' END"
        missing = "'missing_amount'" if self._needs(field) else "NULL"
        # Nested, so that the text is only looked at where the number is missing.
        unread = f"CASE WHEN {text} IS NULL THEN {missing} ELSE {number} END"
        return f"CASE WHEN {value} IS NULL THEN {unread} WHEN abs({value}) >= {LARGEST_AMOUNT} THEN 'absurd_amount' END"

    def _needs(self, field: str) -> bool:
        """Whether a row without this number is worth nothing: an order without its amount."""
        if field == "line_amount":
            return not self.found.keys() & {"unit_price", "amount"}
        return field == self.spec.amount

    def detail(self) -> str:
        """SQL of the value that is at fault."""
        parts = []
        if "happened_at" in self.found:
            parts.append(f"WHEN reason IN ('impossible_date', 'unreadable_date') THEN left({self._raw('happened_at')}, 100)")
        amounts = [self._raw(field) for field in _NUMBERS if field in self.found]
        if amounts:
            parts.append(f"WHEN reason IN ('absurd_amount', 'unreadable_amount') THEN left(concat_ws(' · ', {', '.join(amounts)}), 100)")
        return f"CASE {' '.join(parts)} END" if parts else "CAST(NULL AS VARCHAR)"

    def extras(self) -> list[tuple[str, str]]:
        """Columns beside the fields: other attributes, and what tells repeated rows apart."""
        kept = [("attributes", self._attributes())] if keeps_attributes(self.mapping) else []
        if self.mapping.grain in ("orders", "customers", "products"):
            return kept
        # Rows without an id of their own repeat only when every column of theirs does.
        columns = ", ".join(quote(column) for column in self.staged.columns)
        return [*kept, ("content", f"hash({columns})")]

    def _attributes(self) -> str:
        targets = (None, ATTRIBUTE) if self.mapping.grain == "customers" else (ATTRIBUTE,)
        kept = [column for column in self.mapping.columns if column.target in targets]
        if not kept:
            return "CAST(NULL AS VARCHAR)"
        pairs = ", ".join(f"{_literal(column.source)}: {formats.text_expression(column)}" for column in kept)
        # Merging into an empty object leaves out what is NULL.
        merged = f"CAST(json_merge_patch('{{}}', to_json({{{pairs}}})) AS VARCHAR)"
        return f"nullif({merged}, '{{}}')"

    def _raw(self, field: str) -> str:
        return quote(self.found[field].source)

    def _raw_text(self, field: str) -> str:
        return formats.text_expression(self.found[field])


def _joined(field: Field, parts: tuple[ColumnMapping, ...]) -> str:
    """The parts of a name or an address: Chinese ones together, the family name first; others with blanks, the family name last."""
    given, family = (
        ", ".join(formats.text_expression(part) for part in parts if is_family_name(part.source) == wanted) for wanted in (False, True)
    )
    if not family or not given or not field.name.endswith("name"):
        joined = f"concat_ws(' ', {', '.join(formats.text_expression(part) for part in parts)})"
    else:
        chinese = f"regexp_matches(concat_ws('', {family}), '{_HAN}')"
        joined = f"CASE WHEN {chinese} THEN concat_ws(' ', {family}, {given}) ELSE concat_ws(' ', {given}, {family}) END"
    return f"nullif(regexp_replace({joined}, '({_HAN}) ({_HAN})', '\\1\\2', 'g'), '')"


def _reading(field: Field, column: ColumnMapping) -> str:
    if field.kind == "money":
        return formats.money_expression(column)
    if field.kind == "number":
        return formats.number_expression(column)
    if field.kind == "timestamp":
        return formats.date_expression(column)
    if field.kind == "date":
        return f"CAST({formats.date_expression(column)} AS DATE)"
    if field.kind == "boolean":
        return formats.boolean_expression(column)
    if field.kind == "id":
        return _plainly(column, formats.id_expression(column))
    if field.kind == "word":
        return quote(column.source)
    if field.kind == "phone":
        return f"COALESCE({formats.phone_expression(column)}, {formats.text_expression(column)})"
    if field.kind == "email":
        return f"COALESCE({formats.email_expression(column)}, {formats.text_expression(column)})"
    return formats.text_expression(column)


def _plainly(column: ColumnMapping, forgiving: str) -> str:
    """An id as it is where its shape shows that nothing is to be done, which costs a third of finding that out in parts."""
    raw = quote(column.source)
    return f"CASE WHEN regexp_full_match({raw}, '{_PLAIN_ID}') THEN {raw} ELSE {forgiving} END"


def _somebody(identifier: str) -> str:
    return f"CASE WHEN {formats.one_of(f'lower({identifier})', NOBODY)} THEN NULL ELSE {identifier} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
