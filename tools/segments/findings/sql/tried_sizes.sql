-- How many customers tried and never bought, over the rows of "tried".
SELECT
    count(DISTINCT customer_id) AS tried,
    count(DISTINCT CASE WHEN NOT bought THEN customer_id END) AS customers,
    count(DISTINCT CASE WHEN NOT bought THEN item END) AS items,
    coalesce(sum(CASE WHEN NOT bought THEN times END), 0) AS times
FROM tried
