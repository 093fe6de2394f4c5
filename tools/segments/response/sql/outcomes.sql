-- What became of the predictions of run $run_id: contacts of $kind made after $made_on in waves whose outcome is known by $as_of.
SELECT p.prediction, c.responded
FROM response_cases AS c
INNER JOIN response_waves AS w ON w.campaign_id = c.campaign_id AND w.wave = c.wave
INNER JOIN kept_predictions AS p ON p.customer_id = c.customer_id
WHERE p.run_id = CAST($run_id AS INTEGER)
    AND w.kind = CAST($kind AS VARCHAR)
    AND w.cut_off >= CAST($made_on AS DATE)
    AND w.known_on <= CAST($as_of AS DATE)
ORDER BY c.customer_id, c.campaign_id
