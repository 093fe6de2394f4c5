-- One row per customer with a counted order by $as_of: what the models of lifetime value read. Several orders on one
-- date are one visit. Windows of N days are the N dates that end with $as_of. The dates of a customer are one list:
-- grouping the orders by customer and date first takes twice as long at 25 million orders.
SELECT
    h.customer_id,
    h.amount,
    CAST(h.age_days AS DOUBLE) AS age_days,
    CAST(h.recency_days AS DOUBLE) AS recency_days,
    CAST(h.visits AS DOUBLE) AS visits,
    CAST(h.orders AS DOUBLE) AS orders,
    CAST(h.paid_orders AS DOUBLE) AS paid_orders,
    CAST(h.paid_amount AS DOUBLE) AS paid_amount,
    CAST(h.orders_14 AS DOUBLE) AS orders_14,
    CAST(h.orders_30 AS DOUBLE) AS orders_30,
    CAST(h.orders_60 AS DOUBLE) AS orders_60,
    CAST(h.orders_90 AS DOUBLE) AS orders_90,
    CAST(h.orders_180 AS DOUBLE) AS orders_180,
    CAST(h.amount_14 AS DOUBLE) AS amount_14,
    CAST(h.amount_30 AS DOUBLE) AS amount_30,
    CAST(h.amount_60 AS DOUBLE) AS amount_60,
    CAST(h.amount_90 AS DOUBLE) AS amount_90,
    CAST(h.amount_180 AS DOUBLE) AS amount_180,
    CAST(h.amount_365 AS DOUBLE) AS amount_365,
    CAST(coalesce(e.events_30, 0) AS DOUBLE) AS events_30,
    CAST(coalesce(e.events_90, 0) AS DOUBLE) AS events_90
FROM (
    SELECT
        customer_id,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount,
        max(age) AS age_days,
        min(age) AS recency_days,
        array_length(list_distinct(list(age))) AS visits,
        count(*) AS orders,
        sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS paid_orders,
        sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS paid_amount,
        sum(CASE WHEN age < 14 THEN 1 ELSE 0 END) AS orders_14,
        sum(CASE WHEN age < 30 THEN 1 ELSE 0 END) AS orders_30,
        sum(CASE WHEN age < 60 THEN 1 ELSE 0 END) AS orders_60,
        sum(CASE WHEN age < 90 THEN 1 ELSE 0 END) AS orders_90,
        sum(CASE WHEN age < 180 THEN 1 ELSE 0 END) AS orders_180,
        sum(CASE WHEN age < 14 THEN amount ELSE 0 END) AS amount_14,
        sum(CASE WHEN age < 30 THEN amount ELSE 0 END) AS amount_30,
        sum(CASE WHEN age < 60 THEN amount ELSE 0 END) AS amount_60,
        sum(CASE WHEN age < 90 THEN amount ELSE 0 END) AS amount_90,
        sum(CASE WHEN age < 180 THEN amount ELSE 0 END) AS amount_180,
        sum(CASE WHEN age < 365 THEN amount ELSE 0 END) AS amount_365
    FROM (
        SELECT customer_id, amount, CAST(date_diff('day', order_date, CAST($as_of AS DATE)) AS INTEGER) AS age
        FROM counted_orders
        WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
    ) AS aged_orders
    GROUP BY customer_id
) AS h
LEFT JOIN (
    SELECT
        customer_id,
        sum(CASE WHEN age < 30 THEN 1 ELSE 0 END) AS events_30,
        count(*) AS events_90
    FROM (
        SELECT customer_id, date_diff('day', CAST(occurred_at AS DATE), CAST($as_of AS DATE)) AS age
        FROM events
        WHERE CAST(occurred_at AS DATE) <= CAST($as_of AS DATE)
    ) AS aged
    WHERE age < 90
    GROUP BY customer_id
) AS e ON e.customer_id = h.customer_id
ORDER BY h.customer_id
