-- The chosen customers by tenths of predicted value, the highest first.
SELECT tenth, count(*) AS customers, CAST(sum(predicted_value) AS DECIMAL(18, 2)) AS predicted_value
FROM (
    SELECT p.predicted_value, ntile(10) OVER (ORDER BY p.predicted_value DESC, p.customer_id) AS tenth
    FROM chosen AS c
    INNER JOIN value_now AS p ON p.customer_id = c.customer_id
) AS ranked
GROUP BY tenth
ORDER BY tenth
