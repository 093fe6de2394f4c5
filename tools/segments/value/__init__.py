"""What customers will be worth: alive probability, expected orders and value, and when the next order is due."""
