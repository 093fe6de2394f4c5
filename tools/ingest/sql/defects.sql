-- Everything that can be counted wrong or odd in the loaded data, in one row. Dates end with $as_of.
WITH dated AS (
    SELECT * FROM orders WHERE CAST(ordered_at AS DATE) <= $as_of
), lines AS (
    SELECT l.product_id, o.order_id AS found, p.product_id AS known
    FROM order_lines AS l
    LEFT JOIN orders AS o ON o.order_id = l.order_id
    LEFT JOIN products AS p ON p.product_id = l.product_id
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
    (SELECT count(*) FROM lines) AS order_lines,
    (SELECT count(*) FROM lines WHERE found IS NULL) AS orphan_lines,
    (SELECT count(*) FROM lines WHERE known IS NULL) AS lines_of_unknown_product,
    (SELECT coalesce(date_diff('day', min(order_date), max(order_date)) + 1, 0) FROM days) AS order_days,
    (SELECT count(*) FROM days WHERE silent > 0) AS gaps,
    (SELECT coalesce(sum(silent), 0) FROM days WHERE silent > 0) AS days_without_orders,
    (SELECT coalesce(max(silent), 0) FROM days) AS longest_gap,
    (SELECT count(*) FROM identities WHERE matched_by <> 'undone') AS merged_ids,
    (SELECT coalesce(sum(rows_in), 0) FROM loads) AS rows_in,
    (SELECT coalesce(sum(rows_accepted), 0) FROM loads) AS rows_accepted,
    (SELECT coalesce(sum(rows_rejected), 0) FROM loads) AS rows_rejected;
