"""Values to disk: the only room that speaks SQL and drivers."""
