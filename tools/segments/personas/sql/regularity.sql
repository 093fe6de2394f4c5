-- How much the gaps between a member's orders spread, against their typical gap: the median over members with three gaps.
SELECT
    median(CASE WHEN inside THEN spread END) AS spread,
    median(spread) AS base_spread,
    count(CASE WHEN inside THEN spread END) AS known
FROM (
    SELECT inside, CASE WHEN gap_ratio IS NOT NULL THEN gap_spread_days / gap_median_days END AS spread
    FROM marked
) AS told
