-- How many customers moved from which group to which; was_part and now_part have the groups of two days.
SELECT
    w.group_value AS from_group,
    n.group_value AS to_group,
    count(*) AS customers
FROM customers AS c
LEFT JOIN was_part AS w ON w.customer_id = c.customer_id
LEFT JOIN now_part AS n ON n.customer_id = c.customer_id
GROUP BY w.group_value, n.group_value
