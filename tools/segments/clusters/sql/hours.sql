-- When customers are active: events by part of the day. Events that carry no time of day (midnight exactly) are left out.
SELECT
    customer_id,
    count(*) AS events,
    CAST(count(*) FILTER (WHERE hour >= 5 AND hour < 12) AS DOUBLE) / nullif(count(hour), 0) AS browse_morning_share,
    CAST(count(*) FILTER (WHERE hour >= 12 AND hour < 18) AS DOUBLE) / nullif(count(hour), 0) AS browse_afternoon_share,
    CAST(count(*) FILTER (WHERE hour >= 18 AND hour < 22) AS DOUBLE) / nullif(count(hour), 0) AS browse_evening_share,
    CAST(count(*) FILTER (WHERE hour >= 22 OR hour < 5) AS DOUBLE) / nullif(count(hour), 0) AS browse_late_share
FROM (
    SELECT
        customer_id,
        CASE WHEN occurred_at <> CAST(CAST(occurred_at AS DATE) AS TIMESTAMP) THEN extract(HOUR FROM occurred_at) END AS hour
    FROM events
    WHERE occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
) AS timed
GROUP BY customer_id
