-- Events by kind, most first.
SELECT kind, count(*) AS events
FROM events
WHERE occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
GROUP BY kind
ORDER BY events DESC, kind
