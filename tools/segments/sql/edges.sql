-- The edges between scores: interpolated quantiles of the customers with a counted order.
-- rfm_part has one row per such customer.
SELECT
    'recency' AS dimension,
    count(*) AS population,
    CAST(percentile_cont(0.2) WITHIN GROUP (ORDER BY CAST(recency_days AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_1,
    CAST(percentile_cont(0.4) WITHIN GROUP (ORDER BY CAST(recency_days AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_2,
    CAST(percentile_cont(0.6) WITHIN GROUP (ORDER BY CAST(recency_days AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_3,
    CAST(percentile_cont(0.8) WITHIN GROUP (ORDER BY CAST(recency_days AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_4
FROM rfm_part
UNION ALL
SELECT
    'frequency' AS dimension,
    count(*) AS population,
    CAST(percentile_cont(0.2) WITHIN GROUP (ORDER BY CAST(orders AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_1,
    CAST(percentile_cont(0.4) WITHIN GROUP (ORDER BY CAST(orders AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_2,
    CAST(percentile_cont(0.6) WITHIN GROUP (ORDER BY CAST(orders AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_3,
    CAST(percentile_cont(0.8) WITHIN GROUP (ORDER BY CAST(orders AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_4
FROM rfm_part
UNION ALL
SELECT
    'monetary' AS dimension,
    count(*) AS population,
    CAST(percentile_cont(0.2) WITHIN GROUP (ORDER BY CAST(amount AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_1,
    CAST(percentile_cont(0.4) WITHIN GROUP (ORDER BY CAST(amount AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_2,
    CAST(percentile_cont(0.6) WITHIN GROUP (ORDER BY CAST(amount AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_3,
    CAST(percentile_cont(0.8) WITHIN GROUP (ORDER BY CAST(amount AS DOUBLE)) AS DECIMAL(38, 6)) AS edge_4
FROM rfm_part
