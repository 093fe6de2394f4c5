-- What the customer models find: further scores, clusters, responses, and how well each model held.
ALTER TABLE scores ADD COLUMN rfm_score DOUBLE;
ALTER TABLE scores ADD COLUMN value_level VARCHAR;
ALTER TABLE scores ADD COLUMN activity_level VARCHAR;
ALTER TABLE scores ADD COLUMN value_activity VARCHAR;
ALTER TABLE scores ADD COLUMN membership_tier VARCHAR;
ALTER TABLE scores ADD COLUMN lifecycle VARCHAR;
ALTER TABLE scores ADD COLUMN aipl_stage VARCHAR;
ALTER TABLE scores ADD COLUMN alive_probability DOUBLE;
ALTER TABLE scores ADD COLUMN expected_orders DOUBLE;
ALTER TABLE scores ADD COLUMN expected_order_value DECIMAL(18, 2);
ALTER TABLE scores ADD COLUMN predicted_value DECIMAL(18, 2);
ALTER TABLE scores ADD COLUMN predicted_value_low DECIMAL(18, 2);
ALTER TABLE scores ADD COLUMN predicted_value_high DECIMAL(18, 2);
ALTER TABLE scores ADD COLUMN total_value DECIMAL(18, 2);
ALTER TABLE scores ADD COLUMN next_order_date DATE;
ALTER TABLE scores ADD COLUMN next_order_from DATE;
ALTER TABLE scores ADD COLUMN next_order_to DATE;
ALTER TABLE scores ADD COLUMN response_probability DOUBLE;
ALTER TABLE scores ADD COLUMN cluster VARCHAR;
ALTER TABLE scores ADD COLUMN profile_completeness DOUBLE;

-- ``parameters``: what the model needs to be made again (JSON); ``decision``: how it was compared with the one in use
-- before, both results (JSON).
ALTER TABLE model_runs ADD COLUMN parameters VARCHAR;
ALTER TABLE model_runs ADD COLUMN decision VARCHAR;

-- What a run promised about each customer, kept until it can be judged, and the judgement once its horizon has passed.
CREATE TABLE kept_predictions (run_id INTEGER NOT NULL, customer_id VARCHAR NOT NULL, prediction DOUBLE NOT NULL);
CREATE TABLE model_outcomes (run_id INTEGER NOT NULL, judged_as_of DATE NOT NULL, quality VARCHAR NOT NULL);

CREATE TABLE clusters (
    run_id INTEGER NOT NULL,
    cluster VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    name_zh VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    sentence_zh VARCHAR NOT NULL,
    sentence_en VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    traits VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    fidelity DOUBLE,
    strategy VARCHAR
);

-- A sample of customers on the plane of the two strongest directions, for the picture.
CREATE TABLE cluster_points (run_id INTEGER NOT NULL, customer_id VARCHAR NOT NULL, cluster VARCHAR, x DOUBLE NOT NULL, y DOUBLE NOT NULL);

CREATE TABLE response_scores (
    campaign_kind VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    probability DOUBLE NOT NULL,
    run_id INTEGER NOT NULL
);

-- Which items are bought together: ``level`` is "product" or "category"; ``lift`` is against buying independently.
CREATE TABLE item_pairs (
    level VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    lift DOUBLE NOT NULL
);

-- The view names the columns of its tables when it is made, so it is made again after they grew.
CREATE OR REPLACE VIEW customer_base AS
SELECT
    c.customer_id, c.gender, c.age, c.age_band, c.city, c.region, c.income, c.income_band, c.signup_at,
    c.marketing_consent, c.attributes,
    f.* EXCLUDE (customer_id),
    s.* EXCLUDE (customer_id)
FROM customers AS c
LEFT JOIN customer_features AS f ON f.customer_id = c.customer_id
LEFT JOIN scores AS s ON s.customer_id = c.customer_id;
