"""TanyaDulu, the product: language, domain rules, services, store, gateways and console."""
