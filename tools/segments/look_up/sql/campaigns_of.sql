-- The campaigns that one customer was contacted by or responded to by the as-of date. What carries no date of its own counts
-- from the start of its campaign; with neither it counts at every date.
SELECT
    c.campaign_id,
    coalesce(m.name, c.campaign_id) AS campaign,
    max(c.contacted_on) AS contacted_on,
    sum(c.response) AS responses
FROM (
    SELECT campaign_id, CAST(contacted_at AS DATE) AS contacted_on, CAST(contacted_at AS DATE) AS happened_on, 0 AS response
    FROM campaign_contacts
    WHERE customer_id = $customer_id AND arm <> 'control'
    UNION ALL
    SELECT campaign_id, CAST(NULL AS DATE) AS contacted_on, CAST(responded_at AS DATE) AS happened_on, 1 AS response
    FROM campaign_responses
    WHERE customer_id = $customer_id
) AS c
LEFT JOIN campaigns AS m ON m.campaign_id = c.campaign_id
WHERE coalesce(c.happened_on, m.start_date, CAST($as_of AS DATE)) <= CAST($as_of AS DATE)
GROUP BY c.campaign_id, coalesce(m.name, c.campaign_id)
ORDER BY contacted_on DESC NULLS LAST, c.campaign_id
LIMIT 50
