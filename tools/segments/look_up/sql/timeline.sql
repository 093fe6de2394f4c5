-- What happened with one customer up to the as-of date, newest first: orders of any status, campaign contacts and responses,
-- events and feedback. What was written as feedback is personal, so only its rating is read.
SELECT happened_at, kind, what, amount, rating, channel, count(*) OVER () AS total
FROM (
    SELECT ordered_at AS happened_at, concat('order_', status) AS kind, order_id AS what, amount, CAST(NULL AS DECIMAL(6, 2)) AS rating, channel
    FROM orders
    WHERE customer_id = $customer_id
    UNION ALL
    SELECT
        coalesce(k.contacted_at, CAST(m.start_date AS TIMESTAMP)) AS happened_at,
        'contact' AS kind,
        coalesce(m.name, k.campaign_id) AS what,
        CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(6, 2)) AS rating,
        CAST(NULL AS VARCHAR) AS channel
    FROM campaign_contacts AS k
    LEFT JOIN campaigns AS m ON m.campaign_id = k.campaign_id
    WHERE k.customer_id = $customer_id AND k.arm <> 'control'
    UNION ALL
    SELECT
        coalesce(r.responded_at, CAST(m.start_date AS TIMESTAMP)) AS happened_at,
        concat('response_', r.kind) AS kind,
        coalesce(m.name, r.campaign_id) AS what,
        r.revenue AS amount,
        CAST(NULL AS DECIMAL(6, 2)) AS rating,
        CAST(NULL AS VARCHAR) AS channel
    FROM campaign_responses AS r
    LEFT JOIN campaigns AS m ON m.campaign_id = r.campaign_id
    WHERE r.customer_id = $customer_id
    UNION ALL
    SELECT
        e.occurred_at AS happened_at,
        concat('event_', e.kind) AS kind,
        coalesce(p.name, e.product_id) AS what,
        CAST(NULL AS DECIMAL(18, 2)) AS amount,
        CAST(NULL AS DECIMAL(6, 2)) AS rating,
        e.channel
    FROM events AS e
    LEFT JOIN products AS p ON p.product_id = e.product_id
    WHERE e.customer_id = $customer_id
    UNION ALL
    SELECT
        submitted_at AS happened_at,
        'feedback' AS kind,
        CAST(NULL AS VARCHAR) AS what,
        CAST(NULL AS DECIMAL(18, 2)) AS amount,
        rating,
        CAST(NULL AS VARCHAR) AS channel
    FROM feedback
    WHERE customer_id = $customer_id
) AS told
WHERE happened_at < CAST($as_of AS DATE) + INTERVAL 1 DAY
ORDER BY happened_at DESC, kind, what
LIMIT 50
