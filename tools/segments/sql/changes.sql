-- Who joined and who left each segment since the refresh before, over all segments that now exist.
SELECT
    s.segment_id,
    count(p.customer_id) AS opening,
    count(*) FILTER (WHERE n.customer_id IS NOT NULL AND p.customer_id IS NULL) AS joined,
    count(*) FILTER (WHERE p.customer_id IS NOT NULL AND n.customer_id IS NULL) AS departed,
    count(n.customer_id) AS closing
FROM (SELECT DISTINCT segment_id FROM segments) AS s
LEFT JOIN (
    SELECT segment_id, customer_id FROM segment_members
    UNION
    SELECT segment_id, customer_id FROM previous_members
) AS either ON either.segment_id = s.segment_id
LEFT JOIN segment_members AS n ON n.segment_id = either.segment_id AND n.customer_id = either.customer_id
LEFT JOIN previous_members AS p ON p.segment_id = either.segment_id AND p.customer_id = either.customer_id
GROUP BY s.segment_id
