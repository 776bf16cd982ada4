"""Tests of what reads pictures, with the process that reads them."""
