-- Orders by channel, most first.
SELECT channel, count(*) AS orders
FROM counted_orders
WHERE channel IS NOT NULL AND order_date <= CAST($as_of AS DATE)
GROUP BY channel
ORDER BY orders DESC, channel
