-- How likely one customer is to respond, by the type of campaign.
SELECT campaign_kind, probability
FROM response_scores
WHERE customer_id = $customer_id
ORDER BY probability DESC, campaign_kind
