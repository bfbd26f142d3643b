"""The Common Alerting Protocol: messages, and the documents that hold or list them."""
