"""A refusal: what a service answers instead of doing what it was asked."""


class Refusal(Exception):
    """Raised where a command turns out to be impossible; changes nothing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
