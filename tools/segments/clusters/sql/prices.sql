-- What customers pay: money per line, and the price level: what they paid for lines of known categories, divided by what
-- as many units would have cost at the average price of each category.
SELECT
    o.customer_id,
    CAST(sum(l.amount) AS DOUBLE) / count(*) AS item_price,
    sum(CASE WHEN t.typical > 0 AND l.quantity > 0 THEN CAST(l.amount AS DOUBLE) END)
    / nullif(sum(CASE WHEN t.typical > 0 AND l.quantity > 0 THEN CAST(l.quantity AS DOUBLE) * t.typical END), 0) AS price_level
FROM counted_orders AS o
INNER JOIN order_lines AS l ON l.order_id = o.order_id
LEFT JOIN products AS p ON p.product_id = l.product_id
LEFT JOIN typical AS t ON t.category = p.category
WHERE o.customer_id IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
GROUP BY o.customer_id
