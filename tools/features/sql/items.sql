-- Items in a typical order: the median over the counted orders whose lines have a quantity. A mean would be ruled by
-- goods whose quantity is a measure, such as fuel.
SELECT
    customer_id,
    median(items) AS items_per_order
FROM (
    SELECT o.customer_id, o.order_id, CAST(sum(l.quantity) AS DOUBLE) AS items
    FROM counted_orders AS o
    INNER JOIN order_lines AS l ON l.order_id = o.order_id
    WHERE o.customer_id IS NOT NULL AND l.quantity IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
    GROUP BY o.customer_id, o.order_id
) AS baskets
GROUP BY customer_id
