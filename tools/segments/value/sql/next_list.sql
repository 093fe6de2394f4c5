-- The chosen customers with an expected date: those due from $today on by date, then those overdue, the latest due first;
-- with $overdue those overdue alone, who spent most in the last 365 days first.
SELECT *
FROM (
    SELECT
        p.customer_id,
        p.next_order_date,
        p.next_order_from,
        p.next_order_to,
        CAST(date_diff('day', CAST($today AS DATE), p.next_order_date) AS INTEGER) AS days_ahead,
        f.last_order_date,
        f.gap_median_days,
        f.orders,
        f.amount_365d,
        p.predicted_value
    FROM chosen AS c
    INNER JOIN value_now AS p ON p.customer_id = c.customer_id
    LEFT JOIN features_now AS f ON f.customer_id = c.customer_id
    WHERE p.next_order_date IS NOT NULL
) AS due
WHERE
    (NOT CAST($overdue AS BOOLEAN) OR days_ahead < 0)
    AND (CAST($within AS INTEGER) IS NULL OR days_ahead BETWEEN 0 AND CAST($within AS INTEGER))
ORDER BY
    CASE WHEN CAST($overdue AS BOOLEAN) THEN -amount_365d END,
    CASE WHEN days_ahead >= 0 THEN 0 ELSE 1 END,
    abs(days_ahead),
    customer_id
LIMIT coalesce(CAST($limit AS BIGINT), 9223372036854775807)
