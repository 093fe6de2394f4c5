-- Scores of one batch as they are stored. ``scored_batch`` has the columns of features.sql, the probability, the band, and the
-- numbers (from 1, in the order of the themes below) of the one or two themes to tell, with their effects.
-- Reasons are a JSON list of lists: the theme, its effect on the log-odds, and the facts that its words need.
SELECT
    customer_id,
    churn_probability,
    churn_band,
    concat(
        '[["', list_extract(themes, first_theme), '",', CAST(first_effect AS VARCHAR), ',', list_extract(facts, first_theme), ']',
        CASE
            WHEN second_theme > 0
                THEN concat(
                    ',["', list_extract(themes, second_theme), '",', CAST(second_effect AS VARCHAR), ',',
                    list_extract(facts, second_theme), ']'
                )
            ELSE ''
        END,
        ']'
    ) AS churn_reasons
FROM (
    SELECT
        customer_id,
        churn_probability,
        churn_band,
        first_theme,
        first_effect,
        second_theme,
        second_effect,
        ARRAY['silence', 'recent', 'trend', 'history', 'rhythm', 'spend', 'basket', 'activity'] AS themes,
        ARRAY[
            concat(recency_days, ',', coalesce(CAST(gap_median AS VARCHAR), 'null'), ',', order_days),
            concat(days_30, ',', days_60),
            concat(days_90, ',', days_180, ',', tenure_days, ',', CAST($mean_days_90 AS VARCHAR)),
            concat(order_days, ',"', CAST(first_order_date AS VARCHAR), '",', CAST($mean_order_days AS VARCHAR)),
            concat(
                coalesce(CAST(gap_median AS VARCHAR), 'null'), ',', coalesce(CAST(gap_max AS VARCHAR), 'null'), ',', order_days, ',',
                CAST($mean_gap_median AS VARCHAR)
            ),
            concat(amount_90, ',', CAST($mean_amount_90 AS VARCHAR)),
            concat(orders, ',', amount, ',', discount),
            concat(events_30, ',', coalesce(CAST(event_age AS VARCHAR), 'null'))
        ] AS facts
    FROM scored_batch
) AS told
