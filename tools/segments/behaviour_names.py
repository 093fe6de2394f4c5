"""What the behaviours of customers are called where they are counted or compared."""

from __future__ import annotations

from tools.contracts import Text, Unit

BEHAVIOURS: dict[str, tuple[Text, Unit]] = {
    "orders": (Text(zh="订单数", en="orders"), Unit.COUNT),
    "amount": (Text(zh="消费额", en="spend"), Unit.MONEY),
    "quantity": (Text(zh="购买件数", en="items"), Unit.NUMBER),
    "active_days": (Text(zh="下单天数", en="days with orders"), Unit.COUNT),
    "contacts": (Text(zh="触达次数", en="contacts"), Unit.COUNT),
    "responses": (Text(zh="响应次数", en="responses"), Unit.COUNT),
    "events": (Text(zh="行为次数", en="events"), Unit.COUNT),
}
