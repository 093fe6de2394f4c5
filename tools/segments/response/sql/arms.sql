-- Every customer of the campaigns with a control group, once per campaign, with what followed the contact. Where a contact
-- lacks its time, everybody of the campaign counts from its start (or its first contact), so that both arms are watched
-- for the same time. Customers in both arms are left out. Orders count from the contact to the end of the $horizon-th day
-- after it, and never after $as_of.
SELECT
    k.campaign_id,
    k.customer_id,
    CASE WHEN k.arm = 'control' THEN 0 ELSE 1 END AS treated,
    k.moment,
    CASE WHEN max(r.customer_id) IS NULL THEN 0 ELSE 1 END AS responded,
    CAST(coalesce(max(r.revenue), 0) AS DECIMAL(18, 2)) AS response_revenue,
    CASE WHEN count(o.order_id) FILTER (WHERE o.ordered_at >= k.moment) > 0 THEN 1 ELSE 0 END AS ordered,
    CAST(coalesce(sum(o.amount) FILTER (WHERE o.ordered_at >= k.moment), 0) AS DECIMAL(18, 2)) AS revenue,
    CAST(coalesce(sum(o.amount) FILTER (WHERE o.ordered_at < k.moment), 0) AS DECIMAL(18, 2)) AS revenue_before
FROM (
    SELECT
        t.campaign_id,
        t.customer_id,
        t.arm,
        CASE WHEN d.contacts = d.dated THEN t.contacted_at ELSE coalesce(CAST(m.start_date AS TIMESTAMP), d.first_contact) END AS moment
    FROM (
        SELECT campaign_id, customer_id, min(arm) AS arm, min(contacted_at) AS contacted_at
        FROM (
            SELECT campaign_id, customer_id, CASE WHEN arm = 'control' THEN 'control' ELSE 'treatment' END AS arm, contacted_at
            FROM campaign_contacts
        ) AS two
        GROUP BY campaign_id, customer_id
        HAVING count(DISTINCT arm) = 1
    ) AS t
    INNER JOIN (
        SELECT campaign_id, count(*) AS contacts, count(contacted_at) AS dated, min(contacted_at) AS first_contact
        FROM campaign_contacts
        GROUP BY campaign_id
        HAVING count(*) FILTER (WHERE arm = 'control') > 0 AND count(*) FILTER (WHERE arm <> 'control') > 0
    ) AS d ON d.campaign_id = t.campaign_id
    LEFT JOIN campaigns AS m ON m.campaign_id = t.campaign_id
) AS k
LEFT JOIN (
    SELECT campaign_id, customer_id, sum(revenue) AS revenue
    FROM campaign_responses
    GROUP BY campaign_id, customer_id
) AS r ON r.campaign_id = k.campaign_id AND r.customer_id = k.customer_id
LEFT JOIN counted_orders AS o
    ON o.customer_id = k.customer_id
    AND o.order_date >= CAST(k.moment - INTERVAL 90 DAY AS DATE)
    AND o.order_date <= CAST(k.moment + CAST($horizon AS INTEGER) * INTERVAL 1 DAY AS DATE)
    AND o.order_date <= CAST($as_of AS DATE)
WHERE k.moment < CAST($as_of AS DATE) + INTERVAL 1 DAY
GROUP BY k.campaign_id, k.customer_id, k.arm, k.moment
