-- Sizes of the three definitions' lists and of the bands, their overlaps, and the money of the last 365 days in each.
SELECT
    count(*) FILTER (WHERE scored) AS scored,
    count(*) FILTER (WHERE scored AND churn_band IS NULL) AS undecided,
    count(*) FILTER (WHERE gap_ratio IS NULL) AS unjudged,
    count(*) FILTER (WHERE churn_band = 'high') AS customers_high,
    count(*) FILTER (WHERE churn_band = 'middle') AS customers_middle,
    count(*) FILTER (WHERE churn_band = 'low') AS customers_low,
    CAST(coalesce(sum(amount_365d) FILTER (WHERE churn_band = 'high'), 0) AS DECIMAL(18, 2)) AS value_high,
    CAST(coalesce(sum(amount_365d) FILTER (WHERE churn_band = 'middle'), 0) AS DECIMAL(18, 2)) AS value_middle,
    CAST(coalesce(sum(amount_365d) FILTER (WHERE churn_band = 'low'), 0) AS DECIMAL(18, 2)) AS value_low,
    count(*) FILTER (WHERE by_model) AS model_list,
    count(*) FILTER (WHERE by_rhythm) AS rhythm_list,
    count(*) FILTER (WHERE by_window) AS window_list,
    count(*) FILTER (WHERE by_model AND by_rhythm) AS model_and_rhythm,
    count(*) FILTER (WHERE by_model AND by_window) AS model_and_window,
    count(*) FILTER (WHERE by_rhythm AND by_window) AS rhythm_and_window,
    count(*) FILTER (WHERE by_model AND by_rhythm AND by_window) AS all_three,
    count(*) FILTER (WHERE by_model OR by_rhythm OR by_window) AS any_definition
FROM (
    SELECT
        f.amount_365d,
        f.gap_ratio,
        c.churn_band,
        c.customer_id IS NOT NULL AS scored,
        coalesce(c.churn_band = 'high', FALSE) AS by_model,
        coalesce(f.gap_ratio >= CAST($late AS DOUBLE), FALSE) AS by_rhythm,
        coalesce(f.recency_days >= CAST($days AS INTEGER), FALSE) AS by_window
    FROM features_now AS f
    LEFT JOIN churn_now AS c ON c.customer_id = f.customer_id
    WHERE f.recency_days IS NOT NULL
) AS judged
