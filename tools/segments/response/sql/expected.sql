-- How many responses the probabilities promise: of all in the group, of its top tenth and of its top fifth (rounded up).
SELECT
    count(*) AS scored,
    sum(p.probability) AS expected,
    count(*) FILTER (WHERE p.rank <= ceil(p.everyone / 10.0)) AS tenth,
    sum(p.probability) FILTER (WHERE p.rank <= ceil(p.everyone / 10.0)) AS expected_tenth,
    count(*) FILTER (WHERE p.rank <= ceil(p.everyone / 5.0)) AS fifth,
    sum(p.probability) FILTER (WHERE p.rank <= ceil(p.everyone / 5.0)) AS expected_fifth,
    count(*) FILTER (WHERE coalesce(h.kind_campaigns, 0) = 0) AS never_contacted
FROM ranked_now AS p
LEFT JOIN history_now AS h ON h.customer_id = p.customer_id
