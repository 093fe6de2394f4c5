-- Days between the consecutive dates on which a customer ordered. Several orders on one date are one visit, so a gap
-- of zero days is none; customers who ordered on one date only have no gap. The dates of a customer are one sorted
-- list: sorting all orders at once for a window over them takes 30 times as long at 25 million orders.
-- list_extract counts from 1, as Spark's element_at does.
SELECT
    customer_id,
    median(gap) AS gap_median_days,
    stddev_samp(gap) AS gap_spread_days,
    count(*) AS gaps
FROM (
    SELECT
        customer_id,
        unnest(list_transform(generate_series(2, array_length(days)), lambda i: list_extract(days, i) - list_extract(days, i - 1))) AS gap
    FROM (
        SELECT customer_id, list_sort(list(day)) AS days
        FROM (
            SELECT customer_id, CAST(date_diff('day', DATE '1990-01-01', order_date) AS INTEGER) AS day
            FROM counted_orders
            WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
        ) AS dated
        GROUP BY customer_id
        HAVING count(*) > 1
    ) AS sorted
) AS gaps
WHERE gap > 0
GROUP BY customer_id
