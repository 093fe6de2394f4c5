-- The newest orders of one customer, those that do not count included.
SELECT order_id, CAST(ordered_at AS DATE) AS order_date, status, amount, discount, channel, store_id
FROM orders
WHERE customer_id = $customer_id AND ordered_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
ORDER BY ordered_at DESC, order_id
LIMIT 10
