"""The exercise: a simulator that publishes real protocols on loopback. The centre cannot tell it from real sources."""
