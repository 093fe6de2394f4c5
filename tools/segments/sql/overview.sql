-- One row per group of a scheme; group_value is the scheme's column of customer_base. Customers in no group have NULL.
SELECT
    group_value,
    count(*) AS customers,
    sum(orders) AS orders,
    sum(amount) AS revenue,
    avg(recency_days) AS average_recency,
    avg(CAST(orders AS DOUBLE)) AS average_orders,
    CAST(sum(amount) AS DOUBLE) / count(*) AS average_amount,
    CAST(sum(amount) AS DOUBLE) / nullif(sum(orders), 0) AS average_order_value
FROM grouped
GROUP BY group_value
