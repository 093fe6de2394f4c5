-- Known cases of $kind by whether the customer had responded to any campaign before the contact: how many, and how many responded.
SELECT
    coalesce(e.first_response < c.contacted_on, FALSE) AS responded_before,
    count(*) AS contacted,
    CAST(sum(c.responded) AS BIGINT) AS responded
FROM response_cases AS c
INNER JOIN response_waves AS w ON w.campaign_id = c.campaign_id AND w.wave = c.wave
LEFT JOIN (
    SELECT r.customer_id, min(coalesce(CAST(r.responded_at AS DATE), m.start_date)) AS first_response
    FROM campaign_responses AS r
    LEFT JOIN campaigns AS m ON m.campaign_id = r.campaign_id
    GROUP BY r.customer_id
) AS e ON e.customer_id = c.customer_id
WHERE w.kind = CAST($kind AS VARCHAR) AND w.known_on <= CAST($as_of AS DATE)
GROUP BY coalesce(e.first_response < c.contacted_on, FALSE)
