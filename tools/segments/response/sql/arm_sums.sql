-- What each arm of each campaign did: sums, and sums of squares for the spread.
SELECT
    u.campaign_id,
    coalesce(m.name, u.campaign_id) AS name,
    coalesce(m.kind, CAST($unkinded AS VARCHAR)) AS kind,
    m.cost,
    u.treated,
    count(*) AS customers,
    CAST(sum(u.responded) AS BIGINT) AS responded,
    CAST(sum(u.ordered) AS BIGINT) AS ordered,
    sum(u.revenue) AS revenue,
    sum(CAST(u.revenue AS DOUBLE) * CAST(u.revenue AS DOUBLE)) AS revenue_squares,
    sum(u.response_revenue) AS response_revenue,
    sum(CAST(u.response_revenue AS DOUBLE) * CAST(u.response_revenue AS DOUBLE)) AS response_revenue_squares,
    sum(u.revenue_before) AS revenue_before,
    sum(CAST(u.revenue_before AS DOUBLE) * CAST(u.revenue_before AS DOUBLE)) AS revenue_before_squares,
    CAST(min(u.moment) AS DATE) AS first_contact,
    CAST(max(u.moment) AS DATE) AS last_contact
FROM uplift_cases AS u
LEFT JOIN campaigns AS m ON m.campaign_id = u.campaign_id
GROUP BY u.campaign_id, m.name, m.kind, m.cost, u.treated
ORDER BY first_contact, u.campaign_id, u.treated
