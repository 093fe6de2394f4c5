-- Money by category, most first, and the average price of one unit in each.
SELECT
    p.category,
    CAST(sum(l.amount) AS DOUBLE) AS money,
    CAST(sum(CASE WHEN l.quantity > 0 THEN l.amount END) AS DOUBLE)
    / nullif(CAST(sum(CASE WHEN l.quantity > 0 THEN l.quantity END) AS DOUBLE), 0) AS typical
FROM order_lines AS l
INNER JOIN products AS p ON p.product_id = l.product_id
WHERE p.category IS NOT NULL
GROUP BY p.category
ORDER BY money DESC, p.category
