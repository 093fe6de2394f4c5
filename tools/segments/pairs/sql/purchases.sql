-- What each sampled customer bought by $as_of, each item once. An item is a product, or its category.
SELECT
    customer_id,
    item
FROM (
    SELECT
        o.customer_id,
        CASE WHEN CAST($level AS VARCHAR) = 'category' THEN p.category ELSE l.product_id END AS item
    FROM counted_orders AS o
    INNER JOIN pair_sample AS s ON s.customer_id = o.customer_id
    INNER JOIN order_lines AS l ON l.order_id = o.order_id
    LEFT JOIN products AS p ON p.product_id = l.product_id
    WHERE o.order_date <= CAST($as_of AS DATE)
) AS lines
WHERE item IS NOT NULL
GROUP BY customer_id, item
