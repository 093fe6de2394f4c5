-- What a run found as the columns of scores: money to the cent, the total from the exact historic amount.
SELECT
    customer_id,
    alive_probability,
    expected_orders,
    CAST(expected_order_value AS DECIMAL(18, 2)) AS expected_order_value,
    CAST(predicted_value AS DECIMAL(18, 2)) AS predicted_value,
    CAST(predicted_value_low AS DECIMAL(18, 2)) AS predicted_value_low,
    CAST(predicted_value_high AS DECIMAL(18, 2)) AS predicted_value_high,
    CAST(amount + CAST(predicted_value AS DECIMAL(18, 2)) AS DECIMAL(18, 2)) AS total_value,
    next_order_date,
    next_order_from,
    next_order_to,
    judged_value
FROM value_run
