-- What one item typically costs: the median over order lines of amount ÷ quantity, free and returned lines left out.
SELECT
    median(CASE WHEN inside THEN price END) AS price,
    median(price) AS base_price
FROM (
    SELECT m.inside, CAST(l.amount AS DOUBLE) / CAST(l.quantity AS DOUBLE) AS price
    FROM counted_orders AS o
    INNER JOIN order_lines AS l ON l.order_id = o.order_id
    INNER JOIN marked AS m ON m.customer_id = o.customer_id
    WHERE o.ordered_at < CAST($as_of AS DATE) + INTERVAL 1 DAY AND l.quantity > 0 AND l.amount > 0
) AS priced
