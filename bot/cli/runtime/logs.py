"""Log to stderr: one line per event with its fields.

No traceback is logged, because it could show a customer's words or a secret; `bot.faults` names the place instead.
"""

import logging
import sys

_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        from bot.faults import describe_fault

        fields = {k: v for k, v in vars(record).items() if k not in _STANDARD_FIELDS}
        if record.exc_info and record.exc_info[1] is not None:
            fields["fault"] = describe_fault(record.exc_info[1])
        text = " ".join(
            f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}" for name, value in fields.items()
        )
        message = record.getMessage().splitlines()[0][:500] if record.getMessage() else ""
        return f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {message} {text}".rstrip()


def log_to_stderr(level: str = "INFO") -> None:
    """Log the product from ``level`` on, and libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LineFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("bot", "cjm"):
        logging.getLogger(name).setLevel(level)


__all__ = ["log_to_stderr"]
