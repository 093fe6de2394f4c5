-- Supplement to source_views.sql for the held-back questions; plain SQL over the source files only.
CREATE TABLE discounts AS
SELECT household_id, basket_id, product_id, CAST(transaction_timestamp AS DATE) AS day, CAST(sales_value AS DECIMAL(18, 2)) AS paid,
    CAST(retail_disc AS DECIMAL(18, 2)) AS retail, CAST(coupon_disc AS DECIMAL(18, 2)) AS coupon, CAST(coupon_match_disc AS DECIMAL(18, 2)) AS matched
FROM transactions;

CREATE VIEW item_lines AS
SELECT l.*, p.department, p.brand, p.product_category, p.product_type FROM lines AS l LEFT JOIN products AS p USING (product_id);

CREATE VIEW known AS
SELECT b.*, d.age, d.income, d.home_ownership, d.marital_status, d.household_size, d.household_comp, d.kids_count
FROM baskets AS b JOIN demographics AS d USING (household_id);

CREATE TABLE firsts AS
SELECT household_id, min(day) AS first_day, min(moment) AS first_moment FROM baskets GROUP BY household_id;

CREATE TABLE second_orders AS
WITH numbered AS (SELECT household_id, day, moment, row_number() OVER (PARTITION BY household_id ORDER BY moment, basket_id) AS place FROM baskets)
SELECT f.household_id, f.first_day, f.first_moment, n.day AS second_day, n.moment AS second_moment
FROM firsts AS f LEFT JOIN numbered AS n ON n.household_id = f.household_id AND n.place = 2;

CREATE VIEW sent AS
SELECT c.household_id, c.campaign_id, d.campaign_type, CAST(d.start_date AS DATE) AS start_day,
    EXISTS (SELECT 1 FROM coupon_redemptions AS r WHERE r.household_id = c.household_id AND r.campaign_id = c.campaign_id) AS redeemed
FROM campaigns AS c JOIN campaign_descriptions AS d USING (campaign_id);
