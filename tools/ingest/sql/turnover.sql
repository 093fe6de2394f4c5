-- Counted orders, their net amount and their customers, up to $as_of.
SELECT count(*) AS orders, coalesce(sum(amount), 0) AS revenue, count(DISTINCT customer_id) AS buyers, min(order_date) AS first_date
FROM counted_orders
WHERE order_date <= $as_of;
