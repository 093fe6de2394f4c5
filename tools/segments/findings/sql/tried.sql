-- Customers who did one kind of thing with an item at least so often in the window, and whether they ever bought it.
-- A purchase counts from the lines of counted orders and from events of purchases, at any time up to the as-of date.
SELECT
    t.customer_id,
    t.item,
    t.times,
    t.last_on,
    b.customer_id IS NOT NULL AS bought
FROM (
    SELECT
        customer_id,
        item,
        count(*) AS times,
        CAST(max(occurred_at) AS DATE) AS last_on
    FROM (
        SELECT e.customer_id, CASE WHEN $by = 'category' THEN p.category ELSE e.product_id END AS item, e.occurred_at
        FROM events AS e
        LEFT JOIN products AS p ON p.product_id = e.product_id
        WHERE
            e.kind = $kind
            AND e.occurred_at >= CAST($since AS DATE)
            AND e.occurred_at < CAST($until AS DATE) + INTERVAL 1 DAY
    ) AS done
    WHERE item IS NOT NULL
    GROUP BY customer_id, item
    HAVING count(*) >= $least
) AS t
LEFT JOIN (
    SELECT o.customer_id, CASE WHEN $by = 'category' THEN p.category ELSE l.product_id END AS item
    FROM counted_orders AS o
    INNER JOIN order_lines AS l ON l.order_id = o.order_id
    LEFT JOIN products AS p ON p.product_id = l.product_id
    WHERE o.customer_id IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
    UNION
    SELECT e.customer_id, CASE WHEN $by = 'category' THEN p.category ELSE e.product_id END AS item
    FROM events AS e
    LEFT JOIN products AS p ON p.product_id = e.product_id
    WHERE e.kind = 'purchase' AND e.occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
) AS b ON b.customer_id = t.customer_id AND b.item = t.item
