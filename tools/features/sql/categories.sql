-- What customers bought, by category: lines of counted orders whose product has a known category. The top category
-- is the one with most money (ties: the first by name); its share is of the money spent in known categories.
SELECT
    customer_id,
    count(*) AS category_count,
    max(CASE WHEN category_rank = 1 THEN category END) AS top_category,
    max(CASE WHEN category_rank = 1 THEN share END) AS top_category_share,
    '{' || string_agg(
        '"' || replace(replace(regexp_replace(category, '[[:cntrl:]]', ' ', 'g'), '\', '\\'), '"', '\"') || '": ' || CAST(CAST(share AS DECIMAL(5, 4)) AS VARCHAR),
        ', ' ORDER BY category_rank
    ) FILTER (WHERE category_rank <= 20 AND share IS NOT NULL) || '}' AS category_shares
FROM (
    SELECT
        customer_id,
        category,
        CAST(amount AS DOUBLE) / nullif(CAST(sum(amount) OVER (PARTITION BY customer_id) AS DOUBLE), 0) AS share,
        row_number() OVER (PARTITION BY customer_id ORDER BY amount DESC, category) AS category_rank
    FROM (
        SELECT o.customer_id, p.category, greatest(sum(l.amount), 0) AS amount
        FROM counted_orders AS o
        INNER JOIN order_lines AS l ON l.order_id = o.order_id
        INNER JOIN products AS p ON p.product_id = l.product_id
        WHERE o.customer_id IS NOT NULL AND p.category IS NOT NULL AND o.order_date <= CAST($as_of AS DATE)
        GROUP BY o.customer_id, p.category
    ) AS spent
) AS ranked
GROUP BY customer_id
