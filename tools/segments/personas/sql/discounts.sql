-- Discounts of the members' orders and of all orders, where the discount of an order is known, against the full price.
SELECT
    sum(CASE WHEN m.inside THEN o.discount END) AS discount,
    sum(CASE WHEN m.inside THEN o.amount + o.discount END) AS full_price,
    count(CASE WHEN m.inside AND o.discount > 0 THEN 1 END) AS discounted,
    count(CASE WHEN m.inside THEN 1 END) AS orders,
    sum(o.discount) AS base_discount,
    sum(o.amount + o.discount) AS base_full_price,
    count(CASE WHEN o.discount > 0 THEN 1 END) AS base_discounted,
    count(*) AS base_orders
FROM counted_orders AS o
INNER JOIN marked AS m ON m.customer_id = o.customer_id
WHERE o.order_date <= CAST($as_of AS DATE) AND o.discount IS NOT NULL
