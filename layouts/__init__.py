"""What is on the screens: functions from frozen views to components. No query, no session, no clock, no rule."""
