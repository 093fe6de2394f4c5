-- One row per customer. An edge belongs to the level below it, so equal amounts always get equal levels; limits that were
-- given as amounts or orders include themselves, and all that were given must be met.
SELECT
    customer_id,
    value_level,
    activity_level,
    value_level || '_' || activity_level AS value_activity,
    membership_tier,
    lifecycle,
    aipl_stage
FROM (
    SELECT
        f.customer_id,
        CASE
            WHEN f.orders_365d > 0 AND CAST(f.amount_365d AS DOUBLE) > e.value_high THEN 'high'
            WHEN f.orders_365d > 0 AND CAST(f.amount_365d AS DOUBLE) > e.value_middle THEN 'middle'
            ELSE 'low'
        END AS value_level,
        CASE
            WHEN f.orders_30d + coalesce(f.events_30d, 0) >= $activity_high THEN 'high'
            WHEN f.orders_30d + coalesce(f.events_30d, 0) >= $activity_middle THEN 'middle'
            ELSE 'low'
        END AS activity_level,
        CASE
            WHEN f.orders_365d > 0
                AND (NOT $svip_by_share OR CAST(f.amount_365d AS DOUBLE) > e.svip_edge)
                AND (CAST($svip_amount AS DECIMAL(18, 2)) IS NULL OR f.amount_365d >= CAST($svip_amount AS DECIMAL(18, 2)))
                AND (CAST($svip_orders AS BIGINT) IS NULL OR f.orders_365d >= CAST($svip_orders AS BIGINT)) THEN 'svip'
            WHEN f.orders_365d > 0
                AND (NOT $vip_by_share OR CAST(f.amount_365d AS DOUBLE) > e.vip_edge)
                AND (CAST($vip_amount AS DECIMAL(18, 2)) IS NULL OR f.amount_365d >= CAST($vip_amount AS DECIMAL(18, 2)))
                AND (CAST($vip_orders AS BIGINT) IS NULL OR f.orders_365d >= CAST($vip_orders AS BIGINT)) THEN 'vip'
            ELSE 'regular'
        END AS membership_tier,
        CASE
            WHEN p.orders_now > 0 AND f.tenure_days < $period_days THEN 'new'
            WHEN p.orders_now > 0 AND p.orders_before > 0 THEN 'retained'
            WHEN p.orders_now > 0 THEN 'returned'
            WHEN p.orders_before > 0 THEN 'lapsed'
        END AS lifecycle,
        CASE
            WHEN NOT h.has_events THEN NULL
            WHEN f.orders >= 2 THEN 'loyal'
            WHEN f.orders = 1 THEN 'purchase'
            WHEN s.interested OR f.responses > 0 THEN 'interest'
            WHEN s.customer_id IS NOT NULL OR f.contacts > 0 THEN 'aware'
        END AS aipl_stage
    FROM customer_features AS f
    CROSS JOIN edges_part AS e
    CROSS JOIN (SELECT count(*) > 0 AS has_events FROM seen_part) AS h
    LEFT JOIN periods_part AS p ON p.customer_id = f.customer_id
    LEFT JOIN seen_part AS s ON s.customer_id = f.customer_id
) AS levels
