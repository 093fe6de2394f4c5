-- Recency, frequency and money of every customer with a counted order, in one aggregation over the orders.
SELECT
    customer_id,
    CAST(min(ordered_at) AS DATE) AS first_order_date,
    CAST(max(ordered_at) AS DATE) AS last_order_date,
    date_diff('day', CAST(max(ordered_at) AS DATE), CAST($as_of AS DATE)) AS recency_days,
    count(*) AS orders,
    CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
FROM counted_orders
WHERE customer_id IS NOT NULL AND ordered_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
GROUP BY customer_id
