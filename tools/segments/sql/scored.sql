-- Scores from edges. An edge belongs to the interval below it, for all three: a score of frequency or money is 1 plus the
-- number of edges below the value; a score of recency is 5 less the number of edges below it, as fewer days are better.
SELECT
    p.customer_id,
    5 - CAST(p.recency_days > r.edge_1 AS INTEGER) - CAST(p.recency_days > r.edge_2 AS INTEGER)
    - CAST(p.recency_days > r.edge_3 AS INTEGER) - CAST(p.recency_days > r.edge_4 AS INTEGER) AS recency_score,
    1 + CAST(p.orders > f.edge_1 AS INTEGER) + CAST(p.orders > f.edge_2 AS INTEGER)
    + CAST(p.orders > f.edge_3 AS INTEGER) + CAST(p.orders > f.edge_4 AS INTEGER) AS frequency_score,
    1 + CAST(p.amount > m.edge_1 AS INTEGER) + CAST(p.amount > m.edge_2 AS INTEGER)
    + CAST(p.amount > m.edge_3 AS INTEGER) + CAST(p.amount > m.edge_4 AS INTEGER) AS monetary_score
FROM rfm_part AS p
INNER JOIN edges_part AS r ON r.dimension = 'recency'
INNER JOIN edges_part AS f ON f.dimension = 'frequency'
INNER JOIN edges_part AS m ON m.dimension = 'monetary'
