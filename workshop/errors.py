"""The one kind of error that people see."""


class Refused(Exception):
    """A command that can't be carried out.

    `code` is for programs and never changes; `sentence` is for people: what happened, and what to do.
    """

    def __init__(self, code: str, sentence: object) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)
