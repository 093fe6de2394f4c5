-- Everything that can be counted wrong or odd in the loaded data, in one row. Dates end with $as_of.
WITH dated AS (
    SELECT * FROM orders WHERE CAST(ordered_at AS DATE) <= $as_of
), sold AS (
    SELECT product_id, count(*) AS lines FROM order_lines GROUP BY product_id
), days AS (
    SELECT order_date, date_diff('day', lag(order_date) OVER (ORDER BY order_date), order_date) - 1 AS silent
    FROM (SELECT DISTINCT order_date FROM counted_orders WHERE order_date <= $as_of) AS d
)
SELECT
    (SELECT count(*) FROM dated) AS orders_of_any_status,
    (SELECT count(*) FROM dated WHERE status = 'completed') AS orders,
    (SELECT count(*) FROM dated WHERE status = 'cancelled') AS cancelled_orders,
    (SELECT count(*) FROM dated WHERE status = 'pending') AS pending_orders,
    (SELECT count(*) FROM dated WHERE status = 'refunded') AS refunded_orders,
    (SELECT count(*) FROM dated WHERE status = 'completed' AND refunded > 0) AS partly_refunded_orders,
    (SELECT coalesce(sum(refunded), 0) FROM dated) AS refunded_amount,
    (SELECT count(*) FROM refunds) AS refund_rows,
    (SELECT count(*) FROM refunds WHERE applied_to IS NULL) AS homeless_refunds,
    (SELECT count(*) FROM dated WHERE status = 'completed' AND amount = 0) AS zero_amount_orders,
    (SELECT count(*) FROM dated WHERE status = 'completed' AND amount < 0) AS negative_orders,
    (SELECT count(*) FROM dated WHERE customer_id IS NULL) AS orders_without_customer,
    (SELECT count(*) FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM dated AS o WHERE o.customer_id = c.customer_id))
        AS customers_without_orders,
    (SELECT count(*) FROM order_lines) AS order_lines,
    (SELECT count(*) FROM order_lines AS l WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.order_id = l.order_id)) AS orphan_lines,
    (SELECT coalesce(sum(s.lines), 0) FROM sold AS s WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.product_id = s.product_id))
        AS lines_of_unknown_product,
    (SELECT coalesce(date_diff('day', min(order_date), max(order_date)) + 1, 0) FROM days) AS order_days,
    (SELECT count(*) FROM days WHERE silent > 0) AS gaps,
    (SELECT coalesce(sum(silent), 0) FROM days WHERE silent > 0) AS days_without_orders,
    (SELECT coalesce(max(silent), 0) FROM days) AS longest_gap,
    (SELECT count(*) FROM identities WHERE matched_by <> 'undone') AS merged_ids,
    (SELECT coalesce(sum(rows_in), 0) FROM loads) AS rows_in,
    (SELECT coalesce(sum(rows_accepted), 0) FROM loads) AS rows_accepted,
    (SELECT coalesce(sum(rows_rejected), 0) FROM loads) AS rows_rejected;
