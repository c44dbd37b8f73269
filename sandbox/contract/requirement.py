"""What a check says when something is not as it should be."""


class ContractError(AssertionError):
    """A method or a space that does not do what is asked of all."""


def require(condition: object, sentence: str) -> None:
    """ContractError with the sentence unless the condition holds."""
    if not condition:
        raise ContractError(sentence)
