"""What people do, as JSON posts: one module for each subject, joined in `registry`."""
