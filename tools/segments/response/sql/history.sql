-- What is known by $as_of of each customer's campaigns, of any kind and of $kind: contacts, campaigns responded to,
-- responses in all. Only what carries a date up to $as_of counts, its own or that of its campaign's start.
SELECT
    customer_id,
    count(DISTINCT CASE WHEN what = 'contact' THEN campaign_id END) AS campaigns,
    count(DISTINCT CASE WHEN what = 'response' THEN campaign_id END) AS campaigns_responded,
    count(DISTINCT CASE WHEN what = 'contact' AND of_kind THEN campaign_id END) AS kind_campaigns,
    count(DISTINCT CASE WHEN what = 'response' AND of_kind THEN campaign_id END) AS kind_responded,
    count(*) FILTER (WHERE what = 'response') AS response_count,
    date_diff('day', max(CASE WHEN what = 'response' THEN moment END), CAST($as_of AS DATE)) AS response_age
FROM (
    SELECT
        k.customer_id, 'contact' AS what, k.campaign_id,
        coalesce(m.kind, CAST($unkinded AS VARCHAR)) = CAST($kind AS VARCHAR) AS of_kind,
        coalesce(CAST(k.contacted_at AS DATE), m.start_date) AS moment
    FROM campaign_contacts AS k
    LEFT JOIN campaigns AS m ON m.campaign_id = k.campaign_id
    WHERE k.arm <> 'control'
    UNION ALL
    SELECT
        r.customer_id, 'response' AS what, r.campaign_id,
        coalesce(m.kind, CAST($unkinded AS VARCHAR)) = CAST($kind AS VARCHAR) AS of_kind,
        coalesce(CAST(r.responded_at AS DATE), m.start_date) AS moment
    FROM campaign_responses AS r
    LEFT JOIN campaigns AS m ON m.campaign_id = r.campaign_id
) AS dated
WHERE moment <= CAST($as_of AS DATE)
GROUP BY customer_id
