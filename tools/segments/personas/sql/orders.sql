-- Orders of the members and of everybody else by weekday, part of the day and channel, in one pass, with what was taken off
-- them where the discount of an order is known. 1990-01-01 was a Monday. A part of the day is known only for orders that
-- carry a time: a source with dates alone stores midnight. Parts are numbers until all orders are counted, which is faster.
SELECT
    inside, weekday, CASE part WHEN 0 THEN 'night' WHEN 1 THEN 'morning' WHEN 2 THEN 'afternoon' WHEN 3 THEN 'evening' END AS part,
    channel, orders, discount_known, discounted, discount, full_price
FROM (
    SELECT
        m.customer_id IS NOT NULL AS inside,
        date_diff('day', DATE '1990-01-01', o.order_date) % 7 AS weekday,
        CASE WHEN o.ordered_at = CAST(o.order_date AS TIMESTAMP) THEN NULL ELSE hour(o.ordered_at) // 6 END AS part,
        o.channel,
        count(*) AS orders,
        count(o.discount) AS discount_known,
        count(CASE WHEN o.discount > 0 THEN 1 END) AS discounted,
        coalesce(sum(o.discount), 0) AS discount,
        coalesce(sum(o.amount + o.discount), 0) AS full_price
    FROM counted_orders AS o
    LEFT JOIN (SELECT customer_id FROM marked WHERE inside) AS m ON m.customer_id = o.customer_id
    WHERE o.customer_id IS NOT NULL AND o.ordered_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
    GROUP BY m.customer_id IS NOT NULL, weekday, part, o.channel
) AS counted
