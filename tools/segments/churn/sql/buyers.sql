-- Customers with a counted order after $as_of, up to $until: those who did not churn.
SELECT DISTINCT customer_id
FROM counted_orders
WHERE customer_id IS NOT NULL AND order_date > CAST($as_of AS DATE) AND order_date <= CAST($until AS DATE)
