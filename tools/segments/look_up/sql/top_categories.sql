-- What one customer spent by category, over the lines of counted orders whose product has one.
SELECT
    p.category,
    count(DISTINCT o.order_id) AS orders,
    sum(l.amount) AS amount,
    CAST(sum(l.amount) AS DOUBLE) / nullif(CAST(sum(sum(l.amount)) OVER () AS DOUBLE), 0) AS share
FROM counted_orders AS o
INNER JOIN order_lines AS l ON l.order_id = o.order_id
INNER JOIN products AS p ON p.product_id = l.product_id
WHERE o.customer_id = $customer_id AND p.category IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
GROUP BY p.category
ORDER BY amount DESC, p.category
LIMIT 10
