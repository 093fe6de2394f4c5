-- Totals and means of the predictions of the chosen customers, and how many of these have none.
SELECT
    count(*) AS customers,
    count(p.customer_id) AS predicted,
    CAST(coalesce(sum(p.predicted_value), 0) AS DECIMAL(18, 2)) AS predicted_value,
    CAST(coalesce(sum(p.total_value), 0) AS DECIMAL(18, 2)) AS total_value,
    CAST(coalesce(sum(p.total_value - p.predicted_value), 0) AS DECIMAL(18, 2)) AS historic_value,
    sum(p.expected_orders) AS expected_orders,
    avg(p.alive_probability) AS alive_probability,
    sum(p.alive_probability) AS alive_customers,
    CAST(median(p.predicted_value) AS DECIMAL(18, 2)) AS median_predicted_value
FROM chosen AS c
LEFT JOIN value_now AS p ON p.customer_id = c.customer_id
