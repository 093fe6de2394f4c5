-- What customers spent after the cut-off $as_of, up to $until.
SELECT customer_id, CAST(sum(amount) AS DOUBLE) AS outcome
FROM counted_orders
WHERE customer_id IS NOT NULL AND order_date > CAST($as_of AS DATE) AND order_date <= CAST($until AS DATE)
GROUP BY customer_id
