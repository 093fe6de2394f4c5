-- Customers with a counted order by $as_of, and the dates of the first order and the first contact.
SELECT
    count(DISTINCT customer_id) AS customers,
    min(order_date) AS first_order,
    (
        SELECT min(CAST(coalesce(t.contacted_at, CAST(c.start_date AS TIMESTAMP)) AS DATE))
        FROM campaign_contacts AS t
        LEFT JOIN campaigns AS c ON c.campaign_id = t.campaign_id
    ) AS first_contact
FROM counted_orders
WHERE customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)
