-- Views of questions that were kept back once; plain SQL over the source files only.
CREATE TABLE cb_h AS
SELECT household_id, count(*) AS f, sum(paid) AS m, min(day) AS first_day, max(day) AS last_day, DATE '2018-01-01' - max(day) AS r,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 365) AS f365, coalesce(sum(paid) FILTER (WHERE day > DATE '2018-01-01' - 365), 0) AS m365,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 30) AS f30,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 90) AS f90, coalesce(sum(paid) FILTER (WHERE day > DATE '2018-01-01' - 90), 0) AS m90,
    count(*) FILTER (WHERE day <= DATE '2018-01-01' - 90 AND day > DATE '2018-01-01' - 180) AS pf90,
    coalesce(sum(paid) FILTER (WHERE day <= DATE '2018-01-01' - 90 AND day > DATE '2018-01-01' - 180), 0) AS pm90,
    sum(paid) FILTER (WHERE day BETWEEN DATE '2017-01-01' AND DATE '2017-12-31') AS m2017,
    count(DISTINCT store_id) AS stores
FROM baskets GROUP BY household_id;

CREATE TABLE cb_tiers AS
WITH edges AS (
    SELECT quantile_cont(CAST(m365 AS DOUBLE), 0.8) AS high, quantile_cont(CAST(m365 AS DOUBLE), 0.4) AS middle,
        quantile_cont(CAST(m365 AS DOUBLE), 0.95) AS svip
    FROM cb_h WHERE f365 > 0
)
SELECT h.household_id, h.r, h.f, h.m, h.m365,
    CASE WHEN f365 > 0 AND m365 > high THEN 'high' WHEN f365 > 0 AND m365 > middle THEN 'middle' ELSE 'low' END AS value_level,
    CASE WHEN f30 >= 3 THEN 'high' WHEN f30 >= 1 THEN 'middle' ELSE 'low' END AS activity_level,
    CASE WHEN f365 > 0 AND m365 > svip THEN 'svip' WHEN f365 > 0 AND m365 > high THEN 'vip' ELSE 'regular' END AS tier,
    CASE WHEN f90 > 0 AND DATE '2018-01-01' - first_day < 90 THEN 'new' WHEN f90 > 0 AND pf90 > 0 THEN 'retained'
        WHEN f90 > 0 THEN 'returned' WHEN pf90 > 0 THEN 'lapsed' END AS lifecycle
FROM cb_h AS h CROSS JOIN edges;

CREATE TABLE cb_rhythm AS
WITH visits AS (SELECT DISTINCT household_id, day FROM baskets),
gaps AS (SELECT household_id, day, day - lag(day) OVER (PARTITION BY household_id ORDER BY day) AS gap FROM visits)
SELECT household_id, median(gap) AS gap, DATE '2018-01-01' - max(day) AS silent FROM gaps GROUP BY household_id;
CREATE VIEW d_goods AS
SELECT l.household_id, l.basket_id, l.store_id, l.product_id, l.quantity, l.paid, l.day, l.moment,
    p.department, p.product_category, p.product_type, p.brand
FROM lines AS l LEFT JOIN products AS p USING (product_id);

CREATE TABLE d_disc AS
SELECT household_id, basket_id, min(CAST(transaction_timestamp AS DATE)) AS day, sum(CAST(sales_value AS DECIMAL(18, 2))) AS paid,
    sum(CAST(retail_disc + coupon_disc + coupon_match_disc AS DECIMAL(18, 2))) AS disc
FROM transactions GROUP BY household_id, basket_id;

CREATE TABLE d_first AS
SELECT b.household_id, b.basket_id, b.store_id, b.day, b.paid
FROM baskets AS b JOIN (SELECT household_id, min(moment) AS moment FROM baskets GROUP BY household_id) AS f
    ON f.household_id = b.household_id AND f.moment = b.moment;

CREATE VIEW d_contacts AS
SELECT c.campaign_id, c.household_id, d.campaign_type,
    EXISTS (SELECT 1 FROM coupon_redemptions AS r WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id) AS redeemed
FROM campaigns AS c JOIN campaign_descriptions AS d USING (campaign_id);

CREATE VIEW d_people AS
SELECT h.*, t.value_level, t.activity_level, t.tier, t.lifecycle, r.rfm_group, d.age, d.income, d.home_ownership, d.marital_status,
    d.household_size, d.household_comp, d.kids_count
FROM cb_h AS h JOIN cb_tiers AS t USING (household_id) JOIN rfm AS r USING (household_id) LEFT JOIN demographics AS d USING (household_id);
CREATE VIEW e_en_tiers AS
SELECT h.*, t.value_level, t.activity_level, t.tier FROM cb_h AS h JOIN cb_tiers AS t USING (household_id);

CREATE TABLE e_en_depts AS
SELECT department,
    coalesce(sum(paid) FILTER (WHERE day BETWEEN DATE '2017-01-01' AND DATE '2017-06-30'), 0) AS h1,
    coalesce(sum(paid) FILTER (WHERE day BETWEEN DATE '2017-07-01' AND DATE '2017-12-31'), 0) AS h2
FROM d_goods WHERE department IS NOT NULL GROUP BY department;
