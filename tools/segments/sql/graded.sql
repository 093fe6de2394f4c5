-- What groups are made from. FM is (F + M) / 2 rounded half up; high (1) is above the population's mean score.
SELECT
    s.customer_id,
    s.recency_score,
    s.frequency_score,
    s.monetary_score,
    (s.frequency_score + s.monetary_score + 1) // 2 AS fm_score,
    CAST(s.recency_score > m.recency AS INTEGER) AS recency_high,
    CAST(s.frequency_score > m.frequency AS INTEGER) AS frequency_high,
    CAST(s.monetary_score > m.monetary AS INTEGER) AS monetary_high
FROM scored_part AS s
CROSS JOIN means_part AS m
