"""What a map or digest finds: changes beyond noise, mix, weakest and best, and the step to take next."""
