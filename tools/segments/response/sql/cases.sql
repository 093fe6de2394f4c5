-- Every contacted customer of every campaign once, with the day of the first contact, the wave (the month of it) and
-- whether there was a response to that campaign. A customer of a control group was not contacted. A contact without a
-- date counts from the start of its campaign; with neither it cannot be placed in time and is left out.
SELECT
    t.campaign_id,
    t.customer_id,
    t.contacted_on,
    CAST(date_trunc('month', t.contacted_on) AS DATE) AS wave,
    CASE WHEN r.customer_id IS NULL THEN 0 ELSE 1 END AS responded
FROM (
    SELECT k.campaign_id, k.customer_id, min(coalesce(CAST(k.contacted_at AS DATE), m.start_date)) AS contacted_on
    FROM campaign_contacts AS k
    LEFT JOIN campaigns AS m ON m.campaign_id = k.campaign_id
    WHERE k.arm <> 'control'
    GROUP BY k.campaign_id, k.customer_id
) AS t
LEFT JOIN (SELECT DISTINCT campaign_id, customer_id FROM campaign_responses) AS r
    ON r.campaign_id = t.campaign_id AND r.customer_id = t.customer_id
WHERE t.contacted_on <= CAST($as_of AS DATE)
