-- Views of the kept-back questions; plain SQL over the source files only.
CREATE TABLE cb_h AS
SELECT household_id, count(*) AS f, sum(paid) AS m, min(day) AS first_day, max(day) AS last_day, DATE '2018-01-01' - max(day) AS r,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 365) AS f365, coalesce(sum(paid) FILTER (WHERE day > DATE '2018-01-01' - 365), 0) AS m365,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 30) AS f30,
    count(*) FILTER (WHERE day > DATE '2018-01-01' - 90) AS f90, coalesce(sum(paid) FILTER (WHERE day > DATE '2018-01-01' - 90), 0) AS m90,
    count(*) FILTER (WHERE day <= DATE '2018-01-01' - 90 AND day > DATE '2018-01-01' - 180) AS pf90,
    coalesce(sum(paid) FILTER (WHERE day <= DATE '2018-01-01' - 90 AND day > DATE '2018-01-01' - 180), 0) AS pm90,
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
