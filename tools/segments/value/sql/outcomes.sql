-- What each customer with an order by $as_of did in the $horizon days after it, in the order of histories.sql.
SELECT
    h.customer_id,
    CAST(coalesce(o.orders, 0) AS DOUBLE) AS orders,
    CAST(coalesce(o.amount, 0) AS DOUBLE) AS amount
FROM (
    SELECT DISTINCT customer_id
    FROM counted_orders
    WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
) AS h
LEFT JOIN (
    SELECT customer_id, count(*) AS orders, sum(amount) AS amount
    FROM counted_orders
    WHERE order_date > CAST($as_of AS DATE) AND date_diff('day', CAST($as_of AS DATE), order_date) <= CAST($horizon AS INTEGER)
    GROUP BY customer_id
) AS o ON o.customer_id = h.customer_id
ORDER BY h.customer_id
