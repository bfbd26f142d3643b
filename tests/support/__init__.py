"""What tests stand on: a clock that stands still, a temporary PostgreSQL, the product as a child process."""
