-- The Complete Journey into the canonical tables: household = customer, basket = order, sales_value = amount paid.
INSERT INTO products (product_id, name, category, subcategory, brand, manufacturer, package_size)
SELECT CAST(product_id AS VARCHAR), product_type, department, product_category, brand, CAST(manufacturer_id AS VARCHAR), package_size
FROM read_parquet($products);

INSERT INTO order_lines
SELECT
    CAST(basket_id AS VARCHAR), CAST(product_id AS VARCHAR), quantity, CAST(sales_value AS DECIMAL(18, 2)),
    CAST(retail_disc + coupon_disc + coupon_match_disc AS DECIMAL(18, 2))
FROM read_parquet($transactions);

INSERT INTO discounts
SELECT CAST(t.basket_id AS VARCHAR), CAST(t.product_id AS VARCHAR), d.kind, CAST(d.amount AS DECIMAL(18, 2))
FROM read_parquet($transactions) AS t
CROSS JOIN LATERAL (VALUES ('loyalty', t.retail_disc), ('coupon', t.coupon_disc), ('coupon_match', t.coupon_match_disc)) AS d (kind, amount)
WHERE d.amount <> 0;

INSERT INTO orders
SELECT
    CAST(basket_id AS VARCHAR), CAST(min(household_id) AS VARCHAR), min(transaction_timestamp), 'completed',
    sum(CAST(sales_value AS DECIMAL(18, 2))),
    sum(CAST(retail_disc + coupon_disc + coupon_match_disc AS DECIMAL(18, 2))),
    NULL, NULL, CAST(min(store_id) AS VARCHAR), 'USD'
FROM read_parquet($transactions)
GROUP BY basket_id;

INSERT INTO customers (customer_id, age_band, income_band, attributes)
SELECT
    CAST(h.household_id AS VARCHAR), d.age, d.income,
    CASE WHEN d.household_id IS NOT NULL THEN to_json({
        'home_ownership': d.home_ownership, 'marital_status': d.marital_status, 'household_size': d.household_size,
        'household_comp': d.household_comp, 'kids_count': d.kids_count
    }) END
FROM (
    SELECT household_id FROM read_parquet($transactions)
    UNION SELECT household_id FROM read_parquet($demographics)
    UNION SELECT household_id FROM read_parquet($campaigns)
    UNION SELECT household_id FROM read_parquet($coupon_redemptions)
) AS h
LEFT JOIN read_parquet($demographics) AS d ON d.household_id = h.household_id;

INSERT INTO campaigns
SELECT CAST(campaign_id AS VARCHAR), 'Campaign ' || campaign_id, campaign_type, start_date, end_date, NULL
FROM read_parquet($campaign_descriptions);

INSERT INTO campaign_contacts
SELECT CAST(c.campaign_id AS VARCHAR), CAST(c.household_id AS VARCHAR), d.start_date, 'treatment'
FROM read_parquet($campaigns) AS c
LEFT JOIN read_parquet($campaign_descriptions) AS d ON d.campaign_id = c.campaign_id;

INSERT INTO campaign_responses
SELECT CAST(campaign_id AS VARCHAR), CAST(household_id AS VARCHAR), redemption_date, 'redeem', NULL
FROM read_parquet($coupon_redemptions);
