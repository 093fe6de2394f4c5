-- The chosen customers with a prediction, by the column asked for; ties by predicted value, then id.
SELECT
    p.customer_id,
    p.predicted_value,
    p.predicted_value_low,
    p.predicted_value_high,
    p.total_value,
    CAST(p.total_value - p.predicted_value AS DECIMAL(18, 2)) AS historic_value,
    p.alive_probability,
    p.expected_orders,
    p.expected_order_value,
    f.orders,
    f.last_order_date
FROM chosen AS c
INNER JOIN value_now AS p ON p.customer_id = c.customer_id
LEFT JOIN features_now AS f ON f.customer_id = c.customer_id
ORDER BY
    CASE WHEN CAST($descending AS BOOLEAN) THEN -1 ELSE 1 END * CASE CAST($sort_by AS VARCHAR)
        WHEN 'predicted_value' THEN CAST(p.predicted_value AS DOUBLE)
        WHEN 'total_value' THEN CAST(p.total_value AS DOUBLE)
        WHEN 'alive_probability' THEN p.alive_probability
        WHEN 'expected_orders' THEN p.expected_orders
        ELSE CAST(p.expected_order_value AS DOUBLE)
    END ASC NULLS LAST,
    CASE WHEN CAST($descending AS BOOLEAN) THEN -p.predicted_value ELSE p.predicted_value END,
    p.customer_id
LIMIT coalesce(CAST($limit AS BIGINT), 9223372036854775807)
