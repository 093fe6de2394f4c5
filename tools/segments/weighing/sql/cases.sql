-- Customers with a counted order by $as_of, with what the dimensions are made from, as customer_features defines it, and
-- what they spent in the $horizon days up to it and after it. What was never loaded is unknown.
SELECT
    o.customer_id,
    CAST(o.recency_days AS DOUBLE) AS recency_days,
    CAST(o.orders AS DOUBLE) AS orders,
    CAST(o.amount AS DOUBLE) AS amount,
    CAST(coalesce(o.amount_90d, 0) AS DOUBLE) AS amount_90d,
    CAST(o.discount AS DOUBLE) / nullif(CAST(o.amount_with_discount_known + o.discount AS DOUBLE), 0) AS discount_share,
    CAST(c.category_count AS DOUBLE) AS category_count,
    CAST(e.views_90d AS DOUBLE) AS views_90d,
    CAST(e.events_90d AS DOUBLE) AS events_90d,
    CAST(r.responses AS DOUBLE) AS responses,
    CAST(coalesce(o.spent_before, 0) AS DOUBLE) AS spent_before,
    CAST(coalesce(o.spent_next, 0) AS DOUBLE) AS spent_next
FROM (
    SELECT
        customer_id,
        min(CASE WHEN age >= 0 THEN age END) AS recency_days,
        count(*) FILTER (WHERE age >= 0) AS orders,
        sum(amount) FILTER (WHERE age >= 0) AS amount,
        sum(amount) FILTER (WHERE age >= 0 AND age < 90) AS amount_90d,
        sum(discount) FILTER (WHERE age >= 0) AS discount,
        sum(amount) FILTER (WHERE age >= 0 AND discount IS NOT NULL) AS amount_with_discount_known,
        sum(amount) FILTER (WHERE age >= 0 AND age < $horizon) AS spent_before,
        sum(amount) FILTER (WHERE age < 0) AS spent_next
    FROM (
        SELECT customer_id, amount, discount, date_diff('day', order_date, CAST($as_of AS DATE)) AS age
        FROM counted_orders
        WHERE customer_id IS NOT NULL
    ) AS aged
    WHERE age >= -$horizon
    GROUP BY customer_id
) AS o
LEFT JOIN (
    SELECT b.customer_id, count(DISTINCT p.category) AS category_count
    FROM counted_orders AS b
    INNER JOIN order_lines AS l ON l.order_id = b.order_id
    INNER JOIN products AS p ON p.product_id = l.product_id
    WHERE b.order_date <= CAST($as_of AS DATE) AND p.category IS NOT NULL
    GROUP BY b.customer_id
) AS c ON c.customer_id = o.customer_id
LEFT JOIN (
    SELECT customer_id, count(*) AS events_90d, count(*) FILTER (WHERE kind = 'view') AS views_90d
    FROM (
        SELECT customer_id, kind, date_diff('day', CAST(occurred_at AS DATE), CAST($as_of AS DATE)) AS age
        FROM events
        WHERE occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
    ) AS happened
    WHERE age < 90
    GROUP BY customer_id
) AS e ON e.customer_id = o.customer_id
LEFT JOIN (
    SELECT t.customer_id, count(*) AS responses
    FROM campaign_responses AS t
    LEFT JOIN campaigns AS g ON g.campaign_id = t.campaign_id
    WHERE coalesce(t.responded_at, CAST(g.start_date AS TIMESTAMP)) IS NULL
        OR coalesce(t.responded_at, CAST(g.start_date AS TIMESTAMP)) < CAST($as_of AS DATE) + INTERVAL 1 DAY
    GROUP BY t.customer_id
) AS r ON r.customer_id = o.customer_id
WHERE o.orders > 0
ORDER BY o.customer_id
