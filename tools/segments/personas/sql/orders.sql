-- Orders of the members and of everybody else, by weekday, by part of the day and by channel, each apart.
-- 1990-01-01 was a Monday. Parts of the day use only orders that carry a time: a source with dates alone stores midnight.
SELECT
    inside,
    what,
    value,
    count(*) AS orders
FROM (
    SELECT m.inside, 'weekday' AS what, CAST(date_diff('day', DATE '1990-01-01', o.order_date) % 7 AS VARCHAR) AS value
    FROM counted_orders AS o
    INNER JOIN marked AS m ON m.customer_id = o.customer_id
    WHERE o.order_date <= CAST($as_of AS DATE)
    UNION ALL
    SELECT
        m.inside,
        'part' AS what,
        CASE
            WHEN hour(o.ordered_at) < 6 THEN 'night'
            WHEN hour(o.ordered_at) < 12 THEN 'morning'
            WHEN hour(o.ordered_at) < 18 THEN 'afternoon'
            ELSE 'evening'
        END AS value
    FROM counted_orders AS o
    INNER JOIN marked AS m ON m.customer_id = o.customer_id
    WHERE o.order_date <= CAST($as_of AS DATE) AND o.ordered_at <> CAST(o.order_date AS TIMESTAMP)
    UNION ALL
    SELECT m.inside, 'channel' AS what, o.channel AS value
    FROM counted_orders AS o
    INNER JOIN marked AS m ON m.customer_id = o.customer_id
    WHERE o.order_date <= CAST($as_of AS DATE) AND o.channel IS NOT NULL
) AS told
GROUP BY inside, what, value
ORDER BY what, orders DESC, value
