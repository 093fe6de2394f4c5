-- What the churn model knows of each eligible customer on $as_of: the rhythm of their order dates, and money.
-- Only orders and events dated up to $as_of are read. Age 0 is $as_of itself, so the last N days are the ages below N.
-- A gap lies between consecutive dates with a counted order, as in the customer features.
-- Eligible: a counted order in the last 90 days, or within three of the customer's own typical gaps.
-- The dates of a customer are one sorted list, the latest first: windows over all orders would sort them all at once.
WITH known AS (
    SELECT
        customer_id,
        min(age) AS recency_days,
        max(age) AS tenure_days,
        min(order_date) AS first_order_date,
        max(order_date) AS last_order_date,
        count(*) AS orders,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount,
        CAST(coalesce(sum(amount) FILTER (WHERE age < 30), 0) AS DECIMAL(18, 2)) AS amount_30,
        CAST(coalesce(sum(amount) FILTER (WHERE age < 90), 0) AS DECIMAL(18, 2)) AS amount_90,
        CAST(coalesce(sum(amount) FILTER (WHERE age < 180), 0) AS DECIMAL(18, 2)) AS amount_180,
        CAST(coalesce(sum(amount) FILTER (WHERE age < 365), 0) AS DECIMAL(18, 2)) AS amount_365,
        CAST(coalesce(sum(discount), 0) AS DECIMAL(18, 2)) AS discount,
        count(*) FILTER (WHERE age < 30) AS orders_30,
        list_sort(list_distinct(list(age))) AS ages
    FROM (
        SELECT
            customer_id, order_date, amount, discount,
            CAST(date_diff('day', order_date, CAST($as_of AS DATE)) AS INTEGER) AS age
        FROM counted_orders
        WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
    ) AS aged
    GROUP BY customer_id
)
SELECT
    k.* EXCLUDE (ages),
    v.* EXCLUDE (customer_id),
    coalesce(e.events_30, 0) AS events_30,
    coalesce(e.events_90, 0) AS events_90,
    e.event_age
FROM known AS k
JOIN (
    SELECT
        customer_id,
        count(*) AS order_days,
        median(before - age) AS gap_median,
        avg(before - age) AS gap_mean,
        max(before - age) AS gap_max,
        quantile_cont(before - age, 0.9) AS gap_90,
        count(*) FILTER (WHERE age < 7) AS days_7,
        count(*) FILTER (WHERE age < 14) AS days_14,
        count(*) FILTER (WHERE age < 30) AS days_30,
        count(*) FILTER (WHERE age < 60) AS days_60,
        count(*) FILTER (WHERE age < 90) AS days_90,
        count(*) FILTER (WHERE age < 180) AS days_180,
        max(age) FILTER (WHERE visit <= 2) AS age_2,
        max(age) FILTER (WHERE visit <= 3) AS age_3,
        max(age) FILTER (WHERE visit <= 5) AS age_5,
        max(age) FILTER (WHERE visit <= 10) AS age_10,
        -- Every stretch of 30 days is counted at its earliest date.
        count(*) FILTER (WHERE age < 180 AND (before IS NULL OR floor(before / 30) <> floor(age / 30))) AS months_6,
        round(sum(exp(-age / 15.0)), 6) AS weight_15,
        round(sum(exp(-age / 45.0)), 6) AS weight_45,
        round(sum(exp(-age / 120.0)), 6) AS weight_120
    FROM (
        SELECT
            customer_id, visit, list_extract(ages, visit) AS age,
            CASE WHEN visit < array_length(ages) THEN list_extract(ages, visit + 1) END AS before
        FROM (
            SELECT customer_id, ages, unnest(generate_series(1, array_length(ages))) AS visit
            FROM known
        ) AS numbered
    ) AS visits
    GROUP BY customer_id
) AS v ON v.customer_id = k.customer_id
LEFT JOIN (
    SELECT
        customer_id,
        count(*) FILTER (WHERE age < 30) AS events_30,
        count(*) FILTER (WHERE age < 90) AS events_90,
        min(age) AS event_age
    FROM (
        SELECT customer_id, date_diff('day', CAST(occurred_at AS DATE), CAST($as_of AS DATE)) AS age
        FROM events
        WHERE CAST(occurred_at AS DATE) <= CAST($as_of AS DATE)
    ) AS aged_events
    GROUP BY customer_id
) AS e ON e.customer_id = k.customer_id
WHERE k.recency_days < 90 OR k.recency_days <= 3 * v.gap_median
ORDER BY k.customer_id
