-- Who joins and who leaves the segments of chosen_part, whose members are still those of the refresh before; new_part has
-- the members of now.
SELECT
    s.segment_id,
    count(m.was) AS opening,
    count(m.now) FILTER (WHERE m.was IS NULL) AS joined,
    count(m.was) FILTER (WHERE m.now IS NULL) AS departed,
    count(m.now) AS closing
FROM chosen_part AS s
LEFT JOIN (
    SELECT coalesce(o.segment_id, n.segment_id) AS segment_id, o.customer_id AS was, n.customer_id AS now
    FROM (
        SELECT segment_id, customer_id
        FROM segment_members
        WHERE segment_id IN (SELECT segment_id FROM chosen_part)
    ) AS o
    FULL JOIN new_part AS n ON n.customer_id = o.customer_id AND n.segment_id = o.segment_id
) AS m ON m.segment_id = s.segment_id
GROUP BY s.segment_id
