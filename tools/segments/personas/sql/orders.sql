-- Orders of the members and of everybody else by weekday, part of the day and channel, in one pass, with what was taken off
-- them where the discount of an order is known. 1990-01-01 was a Monday. A part of the day is known only for orders that
-- carry a time: a source with dates alone stores midnight.
SELECT
    m.inside,
    date_diff('day', DATE '1990-01-01', o.order_date) % 7 AS weekday,
    CASE
        WHEN o.ordered_at = CAST(o.order_date AS TIMESTAMP) THEN NULL
        WHEN hour(o.ordered_at) < 6 THEN 'night'
        WHEN hour(o.ordered_at) < 12 THEN 'morning'
        WHEN hour(o.ordered_at) < 18 THEN 'afternoon'
        ELSE 'evening'
    END AS part,
    o.channel,
    count(*) AS orders,
    count(o.discount) AS discount_known,
    count(CASE WHEN o.discount > 0 THEN 1 END) AS discounted,
    coalesce(sum(o.discount), 0) AS discount,
    coalesce(sum(CASE WHEN o.discount IS NOT NULL THEN o.amount + o.discount END), 0) AS full_price
FROM counted_orders AS o
INNER JOIN marked AS m ON m.customer_id = o.customer_id
WHERE o.order_date <= CAST($as_of AS DATE)
GROUP BY m.inside, weekday, part, o.channel
