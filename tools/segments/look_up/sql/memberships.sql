-- The segments of every scheme, and the saved ones, that one customer is in, by their newest version.
SELECT s.scheme, s.segment_id, s.name_zh, s.name_en
FROM segment_members AS m
INNER JOIN segments AS s ON s.segment_id = m.segment_id AND s.version = m.version
INNER JOIN (
    SELECT segment_id, max(version) AS version
    FROM segments
    GROUP BY segment_id
) AS newest ON newest.segment_id = s.segment_id AND newest.version = s.version
WHERE m.customer_id = $customer_id
ORDER BY s.scheme, s.segment_id
