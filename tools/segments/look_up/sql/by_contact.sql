-- Customers by a phone, e-mail, membership number or full name as typed: $digits are those of $asked, without a leading 86.
SELECT customer_id, min(kind) AS kind
FROM (
    SELECT customer_id, 'phone' AS kind FROM customers
    WHERE length($digits) >= 7 AND (regexp_replace(phone, '[^0-9]', '', 'g') = $digits OR regexp_replace(phone, '[^0-9]', '', 'g') = concat('86', $digits))
    UNION ALL
    SELECT customer_id, 'email' AS kind FROM customers WHERE lower(email) = lower($asked)
    UNION ALL
    SELECT customer_id, 'membership' AS kind FROM customers WHERE lower(membership_number) = lower($asked)
    UNION ALL
    SELECT customer_id, 'name' AS kind FROM customers WHERE lower(name) = lower($asked)
) AS found
GROUP BY customer_id
ORDER BY customer_id
LIMIT 6
