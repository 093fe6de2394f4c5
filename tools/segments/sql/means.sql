-- The mean scores of the population, which the eight groups are relative to.
SELECT avg(recency_score) AS recency, avg(frequency_score) AS frequency, avg(monetary_score) AS monetary
FROM scored_part
