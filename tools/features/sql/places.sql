-- The channel and the store with most counted orders (ties: the first by name), and how many of each were used.
SELECT
    customer_id,
    max(CASE WHEN kind = 'channel' AND place_rank = 1 THEN place END) AS top_channel,
    max(CASE WHEN kind = 'store' AND place_rank = 1 THEN place END) AS top_store,
    count(*) FILTER (WHERE kind = 'channel') AS channel_count,
    count(*) FILTER (WHERE kind = 'store') AS store_count
FROM (
    SELECT
        customer_id,
        kind,
        place,
        row_number() OVER (PARTITION BY customer_id, kind ORDER BY orders DESC, place) AS place_rank
    FROM (
        SELECT customer_id, 'channel' AS kind, channel AS place, count(*) AS orders
        FROM counted_orders
        WHERE customer_id IS NOT NULL AND channel IS NOT NULL AND order_date <= CAST($as_of AS DATE)
        GROUP BY customer_id, channel
        UNION ALL
        SELECT customer_id, 'store' AS kind, store_id AS place, count(*) AS orders
        FROM counted_orders
        WHERE customer_id IS NOT NULL AND store_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
        GROUP BY customer_id, store_id
    ) AS counted
) AS ranked
GROUP BY customer_id
