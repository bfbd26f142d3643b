"""The Flask edge: guard, session, sign-in, routes and the stream."""
