"""Who reads which texts, when there are more of them than minutes. Pure."""

SECONDS_A_QUESTION = 8


def texts_each(seconds: int, texts: int, elements: int) -> int:
    """How many texts one person can go through in the time, one question for each element; one at least."""
    return max(1, min(texts, seconds // (SECONDS_A_QUESTION * max(1, elements))))


def share(person: int, texts: int, each: int) -> list[int]:
    """The texts (numbers from 0) that a person (a number from 0) reads, in their order.

    Each text gets as even a number of readers as possible: the counts of people 0 to n differ by one at most. Where
    everyone reads all of them each begins with another, so that none is left over when the time runs out.
    """
    if not texts:
        return []
    start = person if each >= texts else person * each
    return [(start + number) % texts for number in range(min(each, texts))]


def shares(people: int, texts: int, each: int) -> list[list[int]]:
    return [share(person, texts, each) for person in range(people)]
