"""The only aiogram: what people do there becomes use cases, what we say becomes calls."""
