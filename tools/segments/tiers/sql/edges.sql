-- The amounts of the last 365 days that part the levels: interpolated quantiles of those who ordered in them. Without any
-- such customer all are unknown, and so is whether anybody is above them.
SELECT
    count(*) AS buyers,
    percentile_cont($value_high) WITHIN GROUP (ORDER BY CAST(amount_365d AS DOUBLE)) AS value_high,
    percentile_cont($value_middle) WITHIN GROUP (ORDER BY CAST(amount_365d AS DOUBLE)) AS value_middle,
    percentile_cont($svip_quantile) WITHIN GROUP (ORDER BY CAST(amount_365d AS DOUBLE)) AS svip_edge,
    percentile_cont($vip_quantile) WITHIN GROUP (ORDER BY CAST(amount_365d AS DOUBLE)) AS vip_edge
FROM customer_features
WHERE orders_365d > 0
