-- Money by category, most first.
SELECT p.category, CAST(sum(l.amount) AS DOUBLE) AS money
FROM counted_orders AS o
INNER JOIN order_lines AS l ON l.order_id = o.order_id
INNER JOIN products AS p ON p.product_id = l.product_id
WHERE p.category IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
GROUP BY p.category
ORDER BY money DESC, p.category
