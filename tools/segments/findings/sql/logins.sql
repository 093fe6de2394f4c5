-- Logins of each customer in the last $days days up to $until and in as many days before, and on how many days these were.
SELECT
    customer_id,
    count(CASE WHEN age < $days THEN 1 END) AS logins_now,
    count(CASE WHEN age >= $days THEN 1 END) AS logins_before,
    count(DISTINCT CASE WHEN age >= $days THEN age END) AS days_before,
    CAST(max(occurred_at) AS DATE) AS last_on
FROM (
    SELECT customer_id, occurred_at, date_diff('day', CAST(occurred_at AS DATE), CAST($until AS DATE)) AS age
    FROM events
    WHERE kind = 'login' AND occurred_at < CAST($until AS DATE) + INTERVAL 1 DAY
) AS aged
WHERE age < 2 * $days
GROUP BY customer_id
