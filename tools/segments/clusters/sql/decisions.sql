-- How long customers take: days from the first view of a product to its first purchase after that, the median over products.
SELECT
    customer_id,
    median(days) AS decision_days
FROM (
    SELECT v.customer_id, v.product_id, min(date_diff('day', CAST(v.viewed_at AS DATE), o.order_date)) AS days
    FROM (
        SELECT customer_id, product_id, min(occurred_at) AS viewed_at
        FROM events
        WHERE kind = 'view' AND product_id IS NOT NULL AND occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
        GROUP BY customer_id, product_id
    ) AS v
    INNER JOIN counted_orders AS o ON o.customer_id = v.customer_id AND o.ordered_at >= v.viewed_at
    INNER JOIN order_lines AS l ON l.order_id = o.order_id AND l.product_id = v.product_id
    WHERE o.order_date <= CAST($as_of AS DATE)
    GROUP BY v.customer_id, v.product_id
) AS taken
GROUP BY customer_id
