-- The items that customers tried and never bought, those with most such customers first.
SELECT
    t.item,
    t.name,
    t.category,
    t.customers,
    t.tried,
    CAST(t.customers AS DOUBLE) / t.tried AS share,
    t.times,
    t.last_on
FROM (
    SELECT
        t.item,
        max(p.name) AS name,
        max(p.category) AS category,
        count(CASE WHEN NOT t.bought THEN 1 END) AS customers,
        count(*) AS tried,
        sum(CASE WHEN NOT t.bought THEN t.times ELSE 0 END) AS times,
        max(CASE WHEN NOT t.bought THEN t.last_on END) AS last_on
    FROM tried AS t
    LEFT JOIN products AS p ON p.product_id = t.item AND $by = 'product'
    GROUP BY t.item
) AS t
WHERE t.customers > 0
ORDER BY t.customers DESC, t.times DESC, t.item
