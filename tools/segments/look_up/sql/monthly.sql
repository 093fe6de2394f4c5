-- Counted orders of one customer by month.
SELECT CAST(date_trunc('month', order_date) AS DATE) AS month, count(*) AS orders, sum(amount) AS amount
FROM counted_orders
WHERE customer_id = $customer_id AND order_date <= CAST($as_of AS DATE)
GROUP BY month
ORDER BY month
