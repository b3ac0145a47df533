"""Findings of a map or digest: changes beyond noise, mix, weakest and best, and the step to take next."""
