-- Days between the consecutive dates on which a customer ordered. Several orders on one date are one visit, so
-- there is no gap of zero days; customers who ordered on one date only have no gap.
SELECT
    customer_id,
    median(gap) AS gap_median_days,
    stddev_samp(gap) AS gap_spread_days,
    count(*) AS gaps
FROM (
    SELECT
        customer_id,
        date_diff('day', lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date), order_date) AS gap
    FROM (
        SELECT DISTINCT customer_id, order_date
        FROM counted_orders
        WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
    ) AS dates
) AS gaps
WHERE gap IS NOT NULL
GROUP BY customer_id
