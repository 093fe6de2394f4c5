-- Views over the source files alone: nothing here comes from the product. {folder} is the demo package's data folder.
CREATE VIEW transactions AS SELECT * FROM read_parquet('{folder}/transactions.parquet');

CREATE VIEW products AS SELECT * FROM read_parquet('{folder}/products.parquet');

CREATE VIEW demographics AS SELECT * FROM read_parquet('{folder}/demographics.parquet');

CREATE VIEW campaigns AS SELECT * FROM read_parquet('{folder}/campaigns.parquet');

CREATE VIEW campaign_descriptions AS SELECT * FROM read_parquet('{folder}/campaign_descriptions.parquet');

CREATE VIEW coupon_redemptions AS SELECT * FROM read_parquet('{folder}/coupon_redemptions.parquet');

CREATE TABLE lines AS
SELECT household_id, basket_id, store_id, product_id, quantity, CAST(sales_value AS DECIMAL(18, 2)) AS paid,
    CAST(transaction_timestamp AS DATE) AS day, transaction_timestamp AS moment
FROM transactions;

CREATE TABLE baskets AS
SELECT household_id, basket_id, min(store_id) AS store_id, min(day) AS day, min(moment) AS moment, sum(paid) AS paid
FROM lines GROUP BY household_id, basket_id;

CREATE TABLE rfm AS
WITH base AS (
    SELECT household_id, date_diff('day', max(day), DATE '2018-01-01') AS r, count(*) AS f, sum(paid) AS m
    FROM baskets GROUP BY household_id
), edges AS (
    SELECT quantile_cont(r, [0.2, 0.4, 0.6, 0.8]) AS re, quantile_cont(f, [0.2, 0.4, 0.6, 0.8]) AS fe,
        quantile_cont(CAST(m AS DOUBLE), [0.2, 0.4, 0.6, 0.8]) AS me
    FROM base
), scored AS (
    SELECT household_id, r, f, m,
        5 - len(list_filter(re, lambda e: r > e)) AS rs,
        1 + len(list_filter(fe, lambda e: f > e)) AS fs,
        1 + len(list_filter(me, lambda e: m > e)) AS ms
    FROM base CROSS JOIN edges
), cells AS (
    SELECT *, (fs + ms + 1) // 2 AS fm FROM scored
)
SELECT *,
    CASE rs * 10 + fm
        WHEN 51 THEN 'new' WHEN 52 THEN 'potential_loyal' WHEN 53 THEN 'potential_loyal' WHEN 54 THEN 'champions' WHEN 55 THEN 'champions'
        WHEN 41 THEN 'promising' WHEN 42 THEN 'potential_loyal' WHEN 43 THEN 'loyal' WHEN 44 THEN 'champions' WHEN 45 THEN 'champions'
        WHEN 31 THEN 'about_to_sleep' WHEN 32 THEN 'needs_attention' WHEN 33 THEN 'needs_attention' WHEN 34 THEN 'loyal' WHEN 35 THEN 'loyal'
        WHEN 21 THEN 'hibernating' WHEN 22 THEN 'about_to_sleep' WHEN 23 THEN 'at_risk' WHEN 24 THEN 'at_risk' WHEN 25 THEN 'cannot_lose'
        WHEN 11 THEN 'lost' WHEN 12 THEN 'hibernating' WHEN 13 THEN 'at_risk' WHEN 14 THEN 'cannot_lose' WHEN 15 THEN 'cannot_lose'
    END AS rfm_group
FROM cells;

CREATE TABLE eight AS
SELECT *, rs > (SELECT avg(rs) FROM rfm) AS r_high, fs > (SELECT avg(fs) FROM rfm) AS f_high, ms > (SELECT avg(ms) FROM rfm) AS m_high
FROM rfm;

-- The same groups as they were at the end of a day, of that day's orders and customers alone.
CREATE MACRO rfm_on(until) AS TABLE
WITH base AS (
    SELECT household_id, date_diff('day', max(day), until) AS r, count(*) AS f, sum(paid) AS m
    FROM baskets WHERE day <= until GROUP BY household_id
), edges AS (
    SELECT quantile_cont(r, [0.2, 0.4, 0.6, 0.8]) AS re, quantile_cont(f, [0.2, 0.4, 0.6, 0.8]) AS fe,
        quantile_cont(CAST(m AS DOUBLE), [0.2, 0.4, 0.6, 0.8]) AS me
    FROM base
), scored AS (
    SELECT household_id, r, f, m,
        5 - len(list_filter(re, lambda e: r > e)) AS rs,
        1 + len(list_filter(fe, lambda e: f > e)) AS fs,
        1 + len(list_filter(me, lambda e: m > e)) AS ms
    FROM base CROSS JOIN edges
), cells AS (
    SELECT *, (fs + ms + 1) // 2 AS fm FROM scored
)
SELECT *,
    CASE rs * 10 + fm
        WHEN 51 THEN 'new' WHEN 52 THEN 'potential_loyal' WHEN 53 THEN 'potential_loyal' WHEN 54 THEN 'champions' WHEN 55 THEN 'champions'
        WHEN 41 THEN 'promising' WHEN 42 THEN 'potential_loyal' WHEN 43 THEN 'loyal' WHEN 44 THEN 'champions' WHEN 45 THEN 'champions'
        WHEN 31 THEN 'about_to_sleep' WHEN 32 THEN 'needs_attention' WHEN 33 THEN 'needs_attention' WHEN 34 THEN 'loyal' WHEN 35 THEN 'loyal'
        WHEN 21 THEN 'hibernating' WHEN 22 THEN 'about_to_sleep' WHEN 23 THEN 'at_risk' WHEN 24 THEN 'at_risk' WHEN 25 THEN 'cannot_lose'
        WHEN 11 THEN 'lost' WHEN 12 THEN 'hibernating' WHEN 13 THEN 'at_risk' WHEN 14 THEN 'cannot_lose' WHEN 15 THEN 'cannot_lose'
    END AS rfm_group
FROM cells;

CREATE MACRO eight_on(until) AS TABLE
SELECT *, rs > (SELECT avg(rs) FROM rfm_on(until)) AS r_high, fs > (SELECT avg(fs) FROM rfm_on(until)) AS f_high,
    ms > (SELECT avg(ms) FROM rfm_on(until)) AS m_high
FROM rfm_on(until);

-- Still active: an order in the last 90 days, or within three of their own typical gaps.
CREATE TABLE eligible AS
WITH visits AS (SELECT DISTINCT household_id, day FROM baskets),
gaps AS (SELECT household_id, day, day - lag(day) OVER (PARTITION BY household_id ORDER BY day) AS gap FROM visits),
typical AS (SELECT household_id, median(gap) AS gap, DATE '2018-01-01' - max(day) AS silent FROM gaps GROUP BY household_id)
SELECT household_id FROM typical WHERE silent < 90 OR silent <= 3 * gap;
