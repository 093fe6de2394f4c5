-- The same where views name no product: days from the first view since the order before to the order, the median over orders.
SELECT
    customer_id,
    median(days) AS decision_days
FROM (
    SELECT
        customer_id,
        turn,
        date_diff('day', CAST(min(CASE WHEN ordered = 0 THEN moment END) AS DATE), CAST(max(CASE WHEN ordered = 1 THEN moment END) AS DATE)) AS days
    FROM (
        SELECT
            customer_id,
            moment,
            ordered,
            coalesce(sum(ordered) OVER (PARTITION BY customer_id ORDER BY moment, ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS turn
        FROM (
            SELECT customer_id, ordered_at AS moment, 1 AS ordered
            FROM counted_orders
            WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
            UNION ALL
            SELECT customer_id, occurred_at AS moment, 0 AS ordered
            FROM events
            WHERE kind = 'view' AND occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
        ) AS moments
    ) AS turns
    GROUP BY customer_id, turn
) AS taken
WHERE days IS NOT NULL
GROUP BY customer_id
