-- What a run predicted of each customer's spend in the $horizon days after $as_of, and what they spent.
SELECT
    k.customer_id,
    k.prediction,
    CAST(coalesce(o.amount, 0) AS DOUBLE) AS amount
FROM kept_predictions AS k
LEFT JOIN (
    SELECT customer_id, sum(amount) AS amount
    FROM counted_orders
    WHERE order_date > CAST($as_of AS DATE) AND date_diff('day', CAST($as_of AS DATE), order_date) <= CAST($horizon AS INTEGER)
    GROUP BY customer_id
) AS o ON o.customer_id = k.customer_id
WHERE k.run_id = CAST($run_id AS INTEGER)
ORDER BY k.customer_id
