-- The first gap that began in the $horizon days after $as_of: days from the first order date after it to the second
-- (unknown where there was none in that time), and the days that were left to see it end.
SELECT
    b.customer_id,
    CAST(date_diff('day', b.first_date, min(n.order_date)) AS DOUBLE) AS gap,
    CAST($horizon - date_diff('day', CAST($as_of AS DATE), b.first_date) AS DOUBLE) AS watched
FROM (
    SELECT customer_id, min(order_date) AS first_date
    FROM counted_orders
    WHERE
        customer_id IS NOT NULL
        AND order_date > CAST($as_of AS DATE)
        AND date_diff('day', CAST($as_of AS DATE), order_date) <= CAST($horizon AS INTEGER)
    GROUP BY customer_id
) AS b
LEFT JOIN counted_orders AS n
    ON n.customer_id = b.customer_id
    AND n.order_date > b.first_date
    AND date_diff('day', CAST($as_of AS DATE), n.order_date) <= CAST($horizon AS INTEGER)
GROUP BY b.customer_id, b.first_date
ORDER BY b.customer_id
