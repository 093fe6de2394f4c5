-- What each of members_now bought by $as_of, each item once, and how many days ago the last time. An item is a product, or its category.
SELECT
    customer_id,
    item,
    min(age) AS age
FROM (
    SELECT
        o.customer_id,
        date_diff('day', o.order_date, CAST($as_of AS DATE)) AS age,
        CASE WHEN CAST($level AS VARCHAR) = 'category' THEN p.category ELSE l.product_id END AS item
    FROM counted_orders AS o
    INNER JOIN members_now AS m ON m.customer_id = o.customer_id
    INNER JOIN order_lines AS l ON l.order_id = o.order_id
    LEFT JOIN products AS p ON p.product_id = l.product_id
    WHERE o.order_date <= CAST($as_of AS DATE)
) AS lines
WHERE item IS NOT NULL
GROUP BY customer_id, item
