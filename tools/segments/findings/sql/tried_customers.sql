-- The customers who tried and never bought, with the item that each tried most often.
SELECT
    r.customer_id,
    max(r.total) AS times,
    max(r.items) AS items,
    max(CASE WHEN r.place = 1 THEN coalesce(p.name, r.item) END) AS most,
    max(r.last_on) AS last_on
FROM (
    SELECT
        customer_id,
        item,
        last_on,
        sum(times) OVER (PARTITION BY customer_id) AS total,
        count(*) OVER (PARTITION BY customer_id) AS items,
        row_number() OVER (PARTITION BY customer_id ORDER BY times DESC, item) AS place
    FROM tried
    WHERE NOT bought
) AS r
LEFT JOIN products AS p ON p.product_id = r.item AND $by = 'product'
GROUP BY r.customer_id
