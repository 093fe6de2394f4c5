-- Scores from edges. An edge belongs to the interval below it, for all three: a score of frequency or money is 1 plus the
-- number of edges below the value; a score of recency is 5 less the number of edges below it, as fewer days are better.
-- Compared as doubles: a value and an edge that are equal as decimals are the same double.
SELECT
    p.customer_id,
    5 - CAST(p.recency_days > e.r1 AS INTEGER) - CAST(p.recency_days > e.r2 AS INTEGER)
    - CAST(p.recency_days > e.r3 AS INTEGER) - CAST(p.recency_days > e.r4 AS INTEGER) AS recency_score,
    1 + CAST(p.orders > e.f1 AS INTEGER) + CAST(p.orders > e.f2 AS INTEGER)
    + CAST(p.orders > e.f3 AS INTEGER) + CAST(p.orders > e.f4 AS INTEGER) AS frequency_score,
    1 + CAST(p.amount > e.m1 AS INTEGER) + CAST(p.amount > e.m2 AS INTEGER)
    + CAST(p.amount > e.m3 AS INTEGER) + CAST(p.amount > e.m4 AS INTEGER) AS monetary_score
FROM (
    SELECT
        customer_id,
        CAST(recency_days AS DOUBLE) AS recency_days,
        CAST(orders AS DOUBLE) AS orders,
        CAST(amount AS DOUBLE) AS amount
    FROM rfm_part
) AS p
CROSS JOIN (
    SELECT
        max(CASE WHEN dimension = 'recency' THEN CAST(edge_1 AS DOUBLE) END) AS r1,
        max(CASE WHEN dimension = 'recency' THEN CAST(edge_2 AS DOUBLE) END) AS r2,
        max(CASE WHEN dimension = 'recency' THEN CAST(edge_3 AS DOUBLE) END) AS r3,
        max(CASE WHEN dimension = 'recency' THEN CAST(edge_4 AS DOUBLE) END) AS r4,
        max(CASE WHEN dimension = 'frequency' THEN CAST(edge_1 AS DOUBLE) END) AS f1,
        max(CASE WHEN dimension = 'frequency' THEN CAST(edge_2 AS DOUBLE) END) AS f2,
        max(CASE WHEN dimension = 'frequency' THEN CAST(edge_3 AS DOUBLE) END) AS f3,
        max(CASE WHEN dimension = 'frequency' THEN CAST(edge_4 AS DOUBLE) END) AS f4,
        max(CASE WHEN dimension = 'monetary' THEN CAST(edge_1 AS DOUBLE) END) AS m1,
        max(CASE WHEN dimension = 'monetary' THEN CAST(edge_2 AS DOUBLE) END) AS m2,
        max(CASE WHEN dimension = 'monetary' THEN CAST(edge_3 AS DOUBLE) END) AS m3,
        max(CASE WHEN dimension = 'monetary' THEN CAST(edge_4 AS DOUBLE) END) AS m4
    FROM edges_part
) AS e
