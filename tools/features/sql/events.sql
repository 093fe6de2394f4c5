-- Events by age, as orders are: the last N days are the ages below N.
SELECT
    customer_id,
    count(*) FILTER (WHERE age < 30) AS events_30d,
    count(*) FILTER (WHERE age < 90) AS events_90d,
    count(*) FILTER (WHERE age >= 90 AND age < 180) AS events_previous_90d,
    count(*) FILTER (WHERE age < 90 AND kind = 'view') AS views_90d,
    count(*) FILTER (WHERE age < 90 AND kind = 'cart') AS carts_90d,
    count(*) FILTER (WHERE age < 90 AND kind = 'login') AS logins_90d
FROM (
    SELECT customer_id, kind, date_diff('day', CAST(occurred_at AS DATE), CAST($as_of AS DATE)) AS age
    FROM events
    WHERE occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
) AS aged
GROUP BY customer_id
