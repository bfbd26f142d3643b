"""How bytes reach a feed: sockets, files, HTTP, watched directories. Each bounds time and size; none knows what it carries."""
