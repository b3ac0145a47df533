"""Walk-ins: people who scan a poster, whether the business knows them or not."""
