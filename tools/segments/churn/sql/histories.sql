-- What BG/NBD knows of every customer on $as_of: dates with an order after the first, and days from the first date to the
-- last one and to $as_of.
SELECT
    customer_id,
    count(DISTINCT order_date) - 1 AS repeats,
    date_diff('day', min(order_date), max(order_date)) AS latest,
    date_diff('day', min(order_date), CAST($as_of AS DATE)) AS age
FROM counted_orders
WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
GROUP BY customer_id
ORDER BY customer_id
