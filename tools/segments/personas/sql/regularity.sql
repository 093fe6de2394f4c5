-- How much the gaps between a member's orders spread, against their typical gap: the median over members with three gaps.
SELECT
    median(CASE WHEN inside THEN spread END) AS spread,
    median(spread) AS base_spread,
    count(CASE WHEN inside THEN spread END) AS known
FROM (
    SELECT
        m.inside,
        CASE WHEN f.gap_ratio IS NOT NULL THEN f.gap_spread_days / f.gap_median_days END AS spread
    FROM customer_features AS f
    INNER JOIN marked AS m ON m.customer_id = f.customer_id
) AS told
