-- Counted orders by age: age 0 is the as-of date itself, so the last N days are the ages below N.
-- 1990-01-01 was a Monday, so weekday 5 and 6 are Saturday and Sunday.
-- Times of day use only orders that carry one: a source with dates alone stores midnight everywhere.
SELECT
    customer_id,
    count(*) FILTER (WHERE age < 30) AS orders_30d,
    count(*) FILTER (WHERE age < 90) AS orders_90d,
    count(*) FILTER (WHERE age < 365) AS orders_365d,
    count(*) FILTER (WHERE age >= 90 AND age < 180) AS orders_previous_90d,
    sum(amount) FILTER (WHERE age < 30) AS amount_30d,
    sum(amount) FILTER (WHERE age < 90) AS amount_90d,
    sum(amount) FILTER (WHERE age < 365) AS amount_365d,
    sum(amount) FILTER (WHERE age >= 90 AND age < 180) AS amount_previous_90d,
    sum(discount) AS discount,
    sum(amount) FILTER (WHERE discount IS NOT NULL) AS amount_with_discount_known,
    count(*) FILTER (WHERE weekday >= 5) AS weekend_orders,
    count(*) FILTER (WHERE has_time) AS timed_orders,
    count(*) FILTER (WHERE has_time AND hour >= 6 AND hour < 12) AS morning_orders,
    count(*) FILTER (WHERE has_time AND hour >= 12 AND hour < 18) AS afternoon_orders,
    count(*) FILTER (WHERE has_time AND hour >= 18) AS evening_orders,
    count(*) FILTER (WHERE has_time AND hour < 6) AS night_orders
FROM (
    SELECT
        customer_id,
        amount,
        discount,
        date_diff('day', order_date, CAST($as_of AS DATE)) AS age,
        date_diff('day', DATE '1990-01-01', order_date) % 7 AS weekday,
        hour(ordered_at) AS hour,
        ordered_at <> CAST(order_date AS TIMESTAMP) AS has_time
    FROM counted_orders
    WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
) AS aged
GROUP BY customer_id
