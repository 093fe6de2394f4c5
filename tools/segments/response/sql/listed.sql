-- The customers of $group with a probability, the most likely first, with what they did before; ``rank`` is over the group.
SELECT
    p.customer_id,
    p.probability,
    p.rank,
    coalesce(h.kind_campaigns, 0) AS kind_campaigns,
    coalesce(h.kind_responded, 0) AS kind_responded,
    coalesce(h.campaigns_responded, 0) AS campaigns_responded,
    h.response_age,
    b.recency_days,
    b.amount_365d
FROM ranked_now AS p
LEFT JOIN history_now AS h ON h.customer_id = p.customer_id
LEFT JOIN customer_base AS b ON b.customer_id = p.customer_id
WHERE p.rank <= CAST($limit AS BIGINT)
ORDER BY p.rank
