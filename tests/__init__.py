"""Tests: pure rules, services, channels, journeys, the browser and real processes."""
