-- Which kinds of data were loaded at all: without them a customer's number is unknown, with them it is zero.
SELECT
    (SELECT count(*) FROM (SELECT 1 AS one FROM order_lines LIMIT 1) AS l) > 0 AS has_lines,
    (SELECT count(*) FROM (SELECT 1 AS one FROM orders WHERE channel IS NOT NULL LIMIT 1) AS c) > 0 AS has_channels,
    (SELECT count(*) FROM (SELECT 1 AS one FROM orders WHERE store_id IS NOT NULL LIMIT 1) AS s) > 0 AS has_stores,
    (SELECT count(*) FROM (SELECT 1 AS one FROM campaign_contacts LIMIT 1) AS t) > 0 AS has_contacts,
    (SELECT count(*) FROM (SELECT 1 AS one FROM campaign_responses LIMIT 1) AS r) > 0 AS has_responses,
    (SELECT count(*) FROM (SELECT 1 AS one FROM events LIMIT 1) AS e) > 0 AS has_events
