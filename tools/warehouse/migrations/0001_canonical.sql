-- Canonical tables. What a source lacks stays NULL. There are no key constraints: an index of every order id costs
-- more than the load itself, so the loader keeps ids unique and a test holds it to that.
CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);

CREATE TABLE customers (
    customer_id VARCHAR NOT NULL,
    name VARCHAR,
    email VARCHAR,
    phone VARCHAR,
    membership_number VARCHAR,
    gender VARCHAR,
    birth_date DATE,
    age INTEGER,
    age_band VARCHAR,
    city VARCHAR,
    region VARCHAR,
    address VARCHAR,
    income DECIMAL(18, 2),
    income_band VARCHAR,
    signup_at TIMESTAMP,
    marketing_consent BOOLEAN,
    attributes VARCHAR
);

-- Ids of millions of orders hardly compress, and trying to takes longer than all the rest of a load.
CREATE TABLE orders (
    order_id VARCHAR USING COMPRESSION uncompressed NOT NULL,
    customer_id VARCHAR USING COMPRESSION uncompressed,
    ordered_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    amount DECIMAL(18, 2) NOT NULL,
    discount DECIMAL(18, 2),
    refunded DECIMAL(18, 2),
    channel VARCHAR,
    store_id VARCHAR,
    currency VARCHAR
);

CREATE TABLE order_lines (
    order_id VARCHAR NOT NULL,
    product_id VARCHAR,
    quantity DECIMAL(18, 3),
    amount DECIMAL(18, 2) NOT NULL,
    discount DECIMAL(18, 2)
);

-- Rows that give money back, as their source wrote them; ``applied_to`` is the order whose amount they lowered.
CREATE TABLE refunds (
    refund_id VARCHAR NOT NULL,
    customer_id VARCHAR,
    refunded_at TIMESTAMP,
    product_id VARCHAR,
    amount DECIMAL(18, 2) NOT NULL,
    applied_to VARCHAR
);

CREATE TABLE products (
    product_id VARCHAR NOT NULL,
    name VARCHAR,
    category VARCHAR,
    subcategory VARCHAR,
    brand VARCHAR
);

CREATE TABLE events (
    customer_id VARCHAR NOT NULL,
    occurred_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    product_id VARCHAR,
    channel VARCHAR,
    duration_seconds DOUBLE
);

CREATE TABLE campaigns (
    campaign_id VARCHAR NOT NULL,
    name VARCHAR,
    kind VARCHAR,
    start_date DATE,
    end_date DATE,
    cost DECIMAL(18, 2)
);

CREATE TABLE campaign_contacts (
    campaign_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    contacted_at TIMESTAMP,
    arm VARCHAR NOT NULL
);

CREATE TABLE campaign_responses (
    campaign_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    responded_at TIMESTAMP,
    kind VARCHAR NOT NULL,
    revenue DECIMAL(18, 2)
);

CREATE TABLE feedback (
    customer_id VARCHAR,
    submitted_at TIMESTAMP,
    rating DECIMAL(6, 2),
    text VARCHAR
);

CREATE TABLE identities (
    source VARCHAR NOT NULL,
    source_customer_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    matched_by VARCHAR NOT NULL,
    matched_value VARCHAR
);

-- What a merge of identities rewrote, so that it can be undone. A row of ``customers`` is kept whole, as JSON; a row of
-- another table by its order id, or by its content where it has no id.
CREATE TABLE moved_rows (
    table_name VARCHAR NOT NULL,
    source_customer_id VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    row_key VARCHAR NOT NULL
);

CREATE TABLE loads (
    load_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    file_hash VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    loaded_at TIMESTAMP NOT NULL,
    rows_in BIGINT NOT NULL,
    rows_accepted BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    mapping VARCHAR NOT NULL
);

CREATE TABLE rejected_rows (
    load_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    row_number BIGINT NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR,
    row_values VARCHAR
);

CREATE TABLE customer_features (
    customer_id VARCHAR NOT NULL,
    first_order_date DATE,
    last_order_date DATE,
    recency_days INTEGER,
    orders BIGINT NOT NULL,
    amount DECIMAL(18, 2) NOT NULL,
    orders_30d BIGINT NOT NULL,
    orders_90d BIGINT NOT NULL,
    orders_365d BIGINT NOT NULL,
    amount_30d DECIMAL(18, 2) NOT NULL,
    amount_90d DECIMAL(18, 2) NOT NULL,
    amount_365d DECIMAL(18, 2) NOT NULL,
    orders_previous_90d BIGINT NOT NULL,
    amount_previous_90d DECIMAL(18, 2) NOT NULL,
    orders_change_90d DOUBLE,
    amount_change_90d DOUBLE,
    gap_median_days DOUBLE,
    gap_spread_days DOUBLE,
    gap_ratio DOUBLE,
    tenure_days INTEGER,
    average_order_value DECIMAL(18, 2),
    items_per_order DOUBLE,
    discount_share DOUBLE,
    category_count BIGINT,
    top_category VARCHAR,
    top_category_share DOUBLE,
    category_shares VARCHAR,
    top_channel VARCHAR,
    channel_count BIGINT,
    top_store VARCHAR,
    store_count BIGINT,
    weekend_share DOUBLE,
    morning_share DOUBLE,
    afternoon_share DOUBLE,
    evening_share DOUBLE,
    night_share DOUBLE,
    contacts BIGINT,
    responses BIGINT,
    last_response_date DATE,
    events_30d BIGINT,
    events_90d BIGINT,
    views_90d BIGINT,
    carts_90d BIGINT,
    logins_90d BIGINT,
    events_change_90d DOUBLE
);

CREATE TABLE scores (
    customer_id VARCHAR NOT NULL,
    recency_score INTEGER,
    frequency_score INTEGER,
    monetary_score INTEGER,
    fm_score INTEGER,
    rfm_group VARCHAR NOT NULL,
    rfm_eight VARCHAR,
    edges_version INTEGER,
    churn_probability DOUBLE,
    churn_band VARCHAR,
    churn_reasons VARCHAR,
    churn_run_id INTEGER
);

CREATE TABLE score_edges (
    version INTEGER NOT NULL,
    dimension VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    population BIGINT NOT NULL,
    edge_1 DECIMAL(38, 6),
    edge_2 DECIMAL(38, 6),
    edge_3 DECIMAL(38, 6),
    edge_4 DECIMAL(38, 6),
    distinct_edges INTEGER NOT NULL,
    mean_score DOUBLE
);

CREATE TABLE model_runs (
    run_id INTEGER NOT NULL,
    model VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    seed INTEGER NOT NULL,
    data_version VARCHAR NOT NULL,
    in_use BOOLEAN NOT NULL,
    quality VARCHAR NOT NULL
);

CREATE TABLE segments (
    segment_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    scheme VARCHAR NOT NULL,
    name_zh VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    as_of DATE
);

CREATE TABLE segment_members (
    segment_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    customer_id VARCHAR NOT NULL
);

CREATE TABLE segment_changes (
    segment_id VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    opening BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    departed BIGINT NOT NULL,
    closing BIGINT NOT NULL
);

-- An order counts when it is completed, whatever its amount; a refunded or cancelled one does not.
CREATE VIEW counted_orders AS
SELECT order_id, customer_id, ordered_at, CAST(ordered_at AS DATE) AS order_date, amount, discount, channel, store_id
FROM orders
WHERE status = 'completed';

-- One row per customer, without personal data: what rules, metrics and models read.
CREATE VIEW customer_base AS
SELECT
    c.customer_id, c.gender, c.age, c.age_band, c.city, c.region, c.income, c.income_band, c.signup_at,
    c.marketing_consent, c.attributes,
    f.* EXCLUDE (customer_id),
    s.* EXCLUDE (customer_id)
FROM customers AS c
LEFT JOIN customer_features AS f ON f.customer_id = c.customer_id
LEFT JOIN scores AS s ON s.customer_id = c.customer_id;
