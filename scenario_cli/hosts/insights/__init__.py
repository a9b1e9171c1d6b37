"""The knowledge of customers that an event log holds: base, RFM, cohorts, products, affinity."""
