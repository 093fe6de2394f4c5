-- What there is to learn from by $as_of; orders of zero amount do not count towards the minimum.
SELECT
    count(DISTINCT customer_id) FILTER (WHERE amount > 0) AS customers,
    min(order_date) AS first_date,
    date_diff('day', min(order_date), CAST($as_of AS DATE)) + 1 AS days
FROM counted_orders
WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
