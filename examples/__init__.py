"""Real data sets, mapped to the raw contract."""
