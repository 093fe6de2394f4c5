-- One row per customer, those without orders included; the columns are those of customer_features, in their order.
SELECT
    c.customer_id,
    rfm_part.first_order_date,
    rfm_part.last_order_date,
    CAST(rfm_part.recency_days AS INTEGER) AS recency_days,
    coalesce(rfm_part.orders, 0) AS orders,
    CAST(coalesce(rfm_part.amount, 0) AS DECIMAL(18, 2)) AS amount,
    coalesce(windows_part.orders_30d, 0) AS orders_30d,
    coalesce(windows_part.orders_90d, 0) AS orders_90d,
    coalesce(windows_part.orders_365d, 0) AS orders_365d,
    CAST(coalesce(windows_part.amount_30d, 0) AS DECIMAL(18, 2)) AS amount_30d,
    CAST(coalesce(windows_part.amount_90d, 0) AS DECIMAL(18, 2)) AS amount_90d,
    CAST(coalesce(windows_part.amount_365d, 0) AS DECIMAL(18, 2)) AS amount_365d,
    coalesce(windows_part.orders_previous_90d, 0) AS orders_previous_90d,
    CAST(coalesce(windows_part.amount_previous_90d, 0) AS DECIMAL(18, 2)) AS amount_previous_90d,
    CAST(windows_part.orders_90d - windows_part.orders_previous_90d AS DOUBLE) / nullif(windows_part.orders_previous_90d, 0) AS orders_change_90d,
    CAST(coalesce(windows_part.amount_90d, 0) - windows_part.amount_previous_90d AS DOUBLE)
    / nullif(CAST(windows_part.amount_previous_90d AS DOUBLE), 0) AS amount_change_90d,
    gaps_part.gap_median_days,
    gaps_part.gap_spread_days,
    -- One or two gaps are no rhythm: a ratio needs three of them.
    CASE WHEN gaps_part.gaps >= 3 THEN rfm_part.recency_days / gaps_part.gap_median_days END AS gap_ratio,
    CAST(date_diff('day', rfm_part.first_order_date, CAST($as_of AS DATE)) AS INTEGER) AS tenure_days,
    CAST(rfm_part.amount / rfm_part.orders AS DECIMAL(18, 2)) AS average_order_value,
    items_part.items_per_order,
    CAST(windows_part.discount AS DOUBLE)
    / nullif(CAST(windows_part.amount_with_discount_known + windows_part.discount AS DOUBLE), 0) AS discount_share,
    CASE WHEN loaded_part.has_lines THEN coalesce(categories_part.category_count, 0) END AS category_count,
    categories_part.top_category,
    categories_part.top_category_share,
    categories_part.category_shares,
    places_part.top_channel,
    CASE WHEN loaded_part.has_channels THEN coalesce(places_part.channel_count, 0) END AS channel_count,
    places_part.top_store,
    CASE WHEN loaded_part.has_stores THEN coalesce(places_part.store_count, 0) END AS store_count,
    CAST(windows_part.weekend_orders AS DOUBLE) / rfm_part.orders AS weekend_share,
    CAST(windows_part.morning_orders AS DOUBLE) / nullif(windows_part.timed_orders, 0) AS morning_share,
    CAST(windows_part.afternoon_orders AS DOUBLE) / nullif(windows_part.timed_orders, 0) AS afternoon_share,
    CAST(windows_part.evening_orders AS DOUBLE) / nullif(windows_part.timed_orders, 0) AS evening_share,
    CAST(windows_part.night_orders AS DOUBLE) / nullif(windows_part.timed_orders, 0) AS night_share,
    CASE WHEN loaded_part.has_contacts THEN coalesce(contacts_part.contacts, 0) END AS contacts,
    CASE WHEN loaded_part.has_responses THEN coalesce(contacts_part.responses, 0) END AS responses,
    contacts_part.last_response_date,
    CASE WHEN loaded_part.has_events THEN coalesce(events_part.events_30d, 0) END AS events_30d,
    CASE WHEN loaded_part.has_events THEN coalesce(events_part.events_90d, 0) END AS events_90d,
    CASE WHEN loaded_part.has_events THEN coalesce(events_part.views_90d, 0) END AS views_90d,
    CASE WHEN loaded_part.has_events THEN coalesce(events_part.carts_90d, 0) END AS carts_90d,
    CASE WHEN loaded_part.has_events THEN coalesce(events_part.logins_90d, 0) END AS logins_90d,
    CAST(events_part.events_90d - events_part.events_previous_90d AS DOUBLE) / nullif(events_part.events_previous_90d, 0) AS events_change_90d
FROM customers AS c
CROSS JOIN loaded_part
LEFT JOIN rfm_part ON rfm_part.customer_id = c.customer_id
LEFT JOIN windows_part ON windows_part.customer_id = c.customer_id
LEFT JOIN gaps_part ON gaps_part.customer_id = c.customer_id
LEFT JOIN items_part ON items_part.customer_id = c.customer_id
LEFT JOIN categories_part ON categories_part.customer_id = c.customer_id
LEFT JOIN places_part ON places_part.customer_id = c.customer_id
LEFT JOIN contacts_part ON contacts_part.customer_id = c.customer_id
LEFT JOIN events_part ON events_part.customer_id = c.customer_id
