-- Rows and dates of every canonical table, up to $as_of.
SELECT 'customers' AS name, count(*) AS row_count, CAST(NULL AS DATE) AS first_date, CAST(NULL AS DATE) AS last_date FROM customers
UNION ALL
SELECT 'orders', count(*), min(CAST(ordered_at AS DATE)), max(CAST(ordered_at AS DATE)) FROM orders WHERE CAST(ordered_at AS DATE) <= $as_of
UNION ALL
SELECT 'order_lines', count(*), NULL, NULL FROM order_lines
UNION ALL
SELECT 'products', count(*), NULL, NULL FROM products
UNION ALL
SELECT 'events', count(*), min(CAST(occurred_at AS DATE)), max(CAST(occurred_at AS DATE)) FROM events WHERE CAST(occurred_at AS DATE) <= $as_of
UNION ALL
SELECT 'campaigns', count(*), min(start_date), max(coalesce(end_date, start_date)) FROM campaigns
UNION ALL
SELECT 'campaign_contacts', count(*), min(CAST(contacted_at AS DATE)), max(CAST(contacted_at AS DATE)) FROM campaign_contacts
UNION ALL
SELECT 'campaign_responses', count(*), min(CAST(responded_at AS DATE)), max(CAST(responded_at AS DATE)) FROM campaign_responses
UNION ALL
SELECT 'feedback', count(*), min(CAST(submitted_at AS DATE)), max(CAST(submitted_at AS DATE)) FROM feedback;
