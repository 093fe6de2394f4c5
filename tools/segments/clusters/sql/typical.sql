-- The average price of one unit in each category.
SELECT
    p.category,
    sum(CAST(l.amount AS DOUBLE)) / nullif(sum(CAST(l.quantity AS DOUBLE)), 0) AS typical
FROM order_lines AS l
INNER JOIN products AS p ON p.product_id = l.product_id
WHERE p.category IS NOT NULL AND l.quantity > 0
GROUP BY p.category
