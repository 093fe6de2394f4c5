-- The offers of a group by item: to how many customers, for how many of them it is the first, and what ties it to them.
SELECT
    o.item,
    max(n.name) AS name,
    count(*) AS customers,
    count(*) FILTER (WHERE o.place = 1) AS first_for,
    count(*) FILTER (WHERE o.age IS NOT NULL) AS lapsed,
    avg(o.lift) AS lift,
    mode(o.because) AS because,
    max(o.buyers) AS buyers
FROM offers_now AS o
LEFT JOIN item_names AS n ON n.item = o.item
GROUP BY o.item
ORDER BY customers DESC, first_for DESC, o.item
