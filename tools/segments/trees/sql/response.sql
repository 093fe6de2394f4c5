-- Customers who were contacted after the cut-off $as_of, up to $until, and whether they responded to one of those
-- campaigns by $until. A contact without a date of its own counts from the start of its campaign; a response without one
-- counts with its contact.
SELECT t.customer_id, CAST(max(CASE WHEN r.customer_id IS NULL THEN 0 ELSE 1 END) AS DOUBLE) AS outcome
FROM campaign_contacts AS t
LEFT JOIN campaigns AS c ON c.campaign_id = t.campaign_id
LEFT JOIN (
    SELECT DISTINCT campaign_id, customer_id
    FROM campaign_responses
    WHERE responded_at IS NULL OR CAST(responded_at AS DATE) <= CAST($until AS DATE)
) AS r ON r.campaign_id = t.campaign_id AND r.customer_id = t.customer_id
WHERE t.arm <> 'control'
    AND CAST(coalesce(t.contacted_at, CAST(c.start_date AS TIMESTAMP)) AS DATE) > CAST($as_of AS DATE)
    AND CAST(coalesce(t.contacted_at, CAST(c.start_date AS TIMESTAMP)) AS DATE) <= CAST($until AS DATE)
GROUP BY t.customer_id
