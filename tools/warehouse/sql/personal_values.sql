-- Personal values of customers that a text repeats: $text as typed, $folded in lower case.
-- A single Latin word is compared with its case, so that a customer named Will does not hide the word "will".
SELECT kind, found
FROM (
    SELECT 'name' AS kind, name AS found, length(name) AS size FROM customers WHERE length(name) >= 2
    UNION
    SELECT 'email' AS kind, email AS found, length(email) AS size FROM customers WHERE length(email) >= 3
    UNION
    SELECT 'phone' AS kind, phone AS found, length(phone) AS size FROM customers WHERE length(phone) >= 7
    UNION
    SELECT 'address' AS kind, address AS found, length(address) AS size FROM customers WHERE length(address) >= 4
    UNION
    SELECT 'membership' AS kind, membership_number AS found, length(membership_number) AS size
    FROM customers
    WHERE length(membership_number) >= 4
) AS personal
WHERE CASE WHEN found LIKE '% %' THEN contains($folded, lower(found)) ELSE contains($text, found) END
ORDER BY size DESC, kind, found
LIMIT 200
