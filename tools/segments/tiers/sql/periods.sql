-- Counted orders of this period (the $period_days dates up to the as-of date) and of the one before, per customer.
SELECT
    customer_id,
    count(*) FILTER (WHERE age < $period_days) AS orders_now,
    count(*) FILTER (WHERE age >= $period_days) AS orders_before
FROM (
    SELECT customer_id, date_diff('day', order_date, CAST($as_of AS DATE)) AS age
    FROM counted_orders
    WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
) AS aged
WHERE age < 2 * $period_days
GROUP BY customer_id
