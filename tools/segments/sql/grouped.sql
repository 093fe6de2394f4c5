-- Groups from scores. FM is (F + M) / 2 rounded half up; high is above the population's mean score.
SELECT
    s.customer_id,
    s.recency_score,
    s.frequency_score,
    s.monetary_score,
    (s.frequency_score + s.monetary_score + 1) // 2 AS fm_score,
    c.rfm_group,
    e.rfm_eight
FROM scored_part AS s
CROSS JOIN means_part AS m
INNER JOIN cells_part AS c
    ON c.recency_score = s.recency_score AND c.fm_score = (s.frequency_score + s.monetary_score + 1) // 2
INNER JOIN eight_part AS e
    ON e.recency_high = (s.recency_score > m.recency)
    AND e.frequency_high = (s.frequency_score > m.frequency)
    AND e.monetary_high = (s.monetary_score > m.monetary)
