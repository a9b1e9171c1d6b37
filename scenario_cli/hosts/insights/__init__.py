"""The knowledge of customers in an event log: base, RFM, cohorts, products, affinity."""
