-- What was taken off, by its kind: "loyalty" (a price for holders of the retailer's card), "coupon", "coupon_match" (what the
-- retailer adds to a coupon) or "other" (what an order's whole discount has beyond those). ``product_id`` where a source tells it by line.
CREATE TABLE discounts (
    order_id VARCHAR NOT NULL,
    product_id VARCHAR,
    kind VARCHAR NOT NULL,
    amount DECIMAL(18, 2) NOT NULL
);

ALTER TABLE products ADD COLUMN manufacturer VARCHAR;
ALTER TABLE products ADD COLUMN package_size VARCHAR;
