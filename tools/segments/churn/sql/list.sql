-- The customers of one definition: the most probable or the latest first, or those who spent most with $by_value.
-- $band narrows the list to one band, "raised" to the high and the middle one.
SELECT
    f.customer_id,
    c.churn_probability,
    c.churn_band,
    c.churn_reasons,
    f.amount_365d,
    f.last_order_date,
    f.recency_days,
    f.gap_median_days,
    f.gap_ratio,
    count(*) OVER () AS list_size,
    count(c.customer_id) OVER () AS list_scored
FROM features_now AS f
LEFT JOIN churn_now AS c ON c.customer_id = f.customer_id
WHERE f.recency_days IS NOT NULL
    AND CASE CAST($band AS VARCHAR)
        WHEN 'raised' THEN c.churn_band IN ('high', 'middle')
        ELSE coalesce(c.churn_band = CAST($band AS VARCHAR), CAST($band AS VARCHAR) IS NULL)
    END
    AND CASE CAST($definition AS VARCHAR)
        WHEN 'model' THEN c.churn_band IS NOT NULL
        WHEN 'rhythm' THEN f.gap_ratio >= CAST($late AS DOUBLE)
        ELSE f.recency_days >= CAST($days AS INTEGER)
    END
ORDER BY
    CASE WHEN CAST($by_value AS BOOLEAN) THEN f.amount_365d END DESC,
    CASE CAST($definition AS VARCHAR)
        WHEN 'model' THEN coalesce(c.churn_probability, f.gap_ratio)
        WHEN 'rhythm' THEN f.gap_ratio
        ELSE CAST(f.recency_days AS DOUBLE)
    END DESC,
    f.customer_id
LIMIT coalesce(CAST($limit AS BIGINT), 9223372036854775807)
