-- What events say of each customer: that the shop was noticed at all, and whether more than that. A view by itself is
-- notice, two are interest.
SELECT
    customer_id,
    count(*) FILTER (WHERE kind = 'view') >= 2
    OR count(*) FILTER (WHERE kind IN ('click', 'search', 'cart', 'favourite', 'share', 'support', 'email_click', 'purchase')) > 0 AS interested
FROM events
WHERE occurred_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
GROUP BY customer_id
