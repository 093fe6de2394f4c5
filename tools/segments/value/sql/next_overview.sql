-- How many of the chosen customers are due when; days are counted from $today.
SELECT
    count(p.customer_id) AS customers,
    count(p.next_order_date) AS dated,
    sum(CASE WHEN days < 0 THEN 1 ELSE 0 END) AS overdue,
    sum(CASE WHEN p.next_order_to < CAST($today AS DATE) THEN 1 ELSE 0 END) AS past_range,
    sum(CASE WHEN days BETWEEN 0 AND 7 THEN 1 ELSE 0 END) AS due_7,
    sum(CASE WHEN days BETWEEN 0 AND 30 THEN 1 ELSE 0 END) AS due_30,
    sum(CASE WHEN days BETWEEN 8 AND 14 THEN 1 ELSE 0 END) AS due_8_14,
    sum(CASE WHEN days BETWEEN 15 AND 30 THEN 1 ELSE 0 END) AS due_15_30,
    sum(CASE WHEN days BETWEEN 31 AND 90 THEN 1 ELSE 0 END) AS due_31_90,
    sum(CASE WHEN days > 90 THEN 1 ELSE 0 END) AS due_later,
    median(gap_median_days) AS typical_gap
FROM (
    SELECT
        q.customer_id,
        q.next_order_date,
        q.next_order_to,
        f.gap_median_days,
        date_diff('day', CAST($today AS DATE), q.next_order_date) AS days
    FROM chosen AS c
    INNER JOIN value_now AS q ON q.customer_id = c.customer_id
    LEFT JOIN features_now AS f ON f.customer_id = c.customer_id
) AS p
