-- Contacts and responses by the as-of date. A customer of a control group was not contacted. What carries no date of
-- its own counts from the start of its campaign; with neither it counts at every date, as in the metrics.
SELECT
    customer_id,
    count(*) FILTER (WHERE kind = 'contact') AS contacts,
    count(*) FILTER (WHERE kind = 'response') AS responses,
    CAST(max(moment) FILTER (WHERE kind = 'response') AS DATE) AS last_response_date
FROM (
    SELECT t.customer_id, 'contact' AS kind, coalesce(t.contacted_at, CAST(c.start_date AS TIMESTAMP)) AS moment
    FROM campaign_contacts AS t
    LEFT JOIN campaigns AS c ON c.campaign_id = t.campaign_id
    WHERE t.arm <> 'control'
    UNION ALL
    SELECT r.customer_id, 'response' AS kind, coalesce(r.responded_at, CAST(c.start_date AS TIMESTAMP)) AS moment
    FROM campaign_responses AS r
    LEFT JOIN campaigns AS c ON c.campaign_id = r.campaign_id
) AS dated
WHERE moment IS NULL OR moment < CAST($as_of AS DATE) + INTERVAL 1 DAY
GROUP BY customer_id
