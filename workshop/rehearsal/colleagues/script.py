"""What simulated colleagues say. Our own words, in several languages, with twins and typos as people write them. Pure.

The same seed makes the same room.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

NAMES = (
    "Amara", "Ben", "Chiara", "Deniz", "Elif", "Fatima", "Goran", "Hanneke", "Ines", "Jonas", "Kofi", "Leila", "Marek",
    "Noor", "Olu", "Priya", "Quentin", "Rosa", "Sven", "Thuy", "Ulla", "Víctor", "Wanjiru", "Xenia", "Yusuf", "Zofia",
    "Ali", "Ben", "Carmen", "Dylan", "Esther", "Femke", "Grace", "Hamza", "Ivo", "Jun", "Katarzyna", "Lars", "Mia",
    "Nadia", "Omar", "Paula", "Rafael", "Samira", "Tom", "Uche", "Vera", "Willem", "Ximena", "Yara", "ليلى", "Аня",
    "Maximiliane-Charlotte", "J.", "Bee", "Big Mike", "Tante Jo", "Théo", "Siobhán", "Åsa",
)  # fmt: skip
WORDS = (
    "listening", "patience", "a name, not a number", "kind", "kindness", "on time", "honest", "no runaround", "smile",
    "smilling", "eye contact", "knows the answer", "finds out", "calm", "calm when I’m not", "remembers me", "warm",
    "respect", "respectful", "goes with me", "explains it", "no blame", "quick", "not rushed", "time for me", "care",
    "really cares", "Geduld", "zuhören", "Herzlichkeit", "aandacht", "luisteren", "gastvrij", "الاحترام", "ابتسامة",
    "الصبر", "escuchar", "con gusto", "sabır", "sıcak karşılama", "uśmiech", "welcome", "welcoming", "keeps a promise",
    "keeps promises", "fair", "sees me", "asks first", "small things", "makes it easy", "easy", "trust",
    "I’m safe here", "says sorry", "follows up", "thinks ahead", "own initiative", "a bit of humor", "humour", "pride",
)  # fmt: skip
# Each with what a room could make of it, working together.
SENTENCES = (
    (
        "We look after every {customer} as if they were a visitor in our own home.",
        "Customer service is choosing to look after every {customer} as a visitor in our own home, and noticing what "
        "they need before they have to ask.",
    ),
    (
        "Helping a {customer} because we want to and not because its on the list",
        "Customer service is helping each {customer} because we want to, in a way that they can see and will remember.",
    ),
    (
        "The {customer} leaves lighter than they came.",
        "Customer service is what we freely do, with a warm heart, so that every {customer} leaves lighter than they "
        "came.",
    ),
)
MORE_SENTENCES = (
    "Seeing the person first, then the problem.",
    "To listen until the {customer} is finished, then do what we said.",
    "A {customer} never has to tell the same story twice.",
    "Good service is when nobody notices how much work it was.",
    "We say what we do and do what we say, with a smile",
    "Making it easy for the {customer}, even when it isn’t easy for us.",
    "Making it easy for our {customer}, also when it is not easy for us.",
    "Taking care. Really taking care.",
    "Wir hören zu, und dann kümmern wir uns, bis es gut ist.",
    "Jeder Gast wird so behandelt, wie wir selbst gern empfangen würden.",
    "Iemand echt zien staan, en doen wat nodig is, ook als het niet in je taak staat.",
    "Aandacht hebben voor de mens achter de vraag.",
    "أن نخدم كل ضيف كما نحب أن يخدمنا الآخرون.",
    "Atender con gusto, y resolver sin dar vueltas.",
    "The small thing that nobody asked for.",
    "Customer service is respect you can feel, from hello to goodbye, on the phone, at the desk and in the corridor, "
    "on a good day and on a bad one, for the one who shouts as much as for the one who thanks you.",
    "Honest help, on time.",
    "honest help in time",
    "We own the problem until the {customer} says it is solved.",
    "It’s how people feel after they met us.",
    "Doing a little more than what is needed, and never less.",
    "To be there, to be kind, to be clear.",
    "Being the reason that a {customer} comes back.",
    "Not making people wait for an answer that we already have.",
    "Being patient with people who have no patience left",
    "Turning “not my job” into “come, I’ll show you”.",
    "Knowing our {customer} by name and by what matters to them.",
    "Solve it, explain it, follow up.",
)
SUGGESTIONS = (
    "gladly", "with care", "every time", "each of us", "a warm welcome", "before they ask", "honestly", "our guest",
    "von Herzen", "met aandacht", "so they feel it", "without being told",
)  # fmt: skip

# Where people see an element, by the beginnings of words; by its hue, which stands for the same piece in every set.
SIGNS = {
    "v": ("choos", "want", "free", "own", "initiative", "gern"),
    "a": ("help", "look", "listen", "solv", "explain", "follow", "do", "answer", "mak", "kümmern"),
    "d": ("see", "show", "notic", "feel", "smile", "visib"),
    "g": ("honest", "real", "warm", "heart", "true", "mean"),
    "e": ("want", "gladly", "car", "will", "gern"),
    "s": ("need", "lighter", "happ", "easy", "more", "remember", "good"),
    "c": ("customer", "guest", "patient", "reader", "visitor", "person", "people", "them", "they", "gast", "mens"),
}

# What each element looks like at work, by hue.
LINES = {
    "v": (
        "We go to the door before anyone rings.",
        "Nobody sends us; we see it and get up.",
        "I choose my tone first.",
    ),
    "a": ("We walk with people; we don’t point.", "One call, made now, by me.", "We finish what we began."),
    "d": (
        "We look up when someone comes in.",
        "They see us write it down.",
        "Our hands are off the keys while they talk.",
    ),
    "g": (
        "No script. We say it as we would to a neighbor.",
        "If we don’t know, we say so.",
        "We say sorry and mean it.",
    ),
    "e": ("We ask once more, because we’d like to know.", "We look forward to the difficult ones, too."),
    "s": ("They leave with an answer, or with a name and a time.", "Today’s small extra: the umbrella."),
    "c": ("Everyone who stands before us, colleagues too.", "The one who is too shy to ask."),
}


@dataclass(frozen=True)
class Part:
    """What one colleague brings to the meeting. `goal`: the sentence that the whole room would settle on."""

    name: str
    words: tuple[str, ...]
    sentence: str
    goal: str
    root: str
    suggestions: tuple[str, ...] = SUGGESTIONS

    def likes(self, text: str, rng: Random) -> float:
        """How much, from 0 to 1.5. People differ; still, some sentences please more of them than others."""
        return 0.6 * Random(text).random() + 0.4 * rng.random() + (0.5 if text == self.root else 0.0)

    def sees(self, hue: str, words: list[str], rng: Random) -> list[int]:
        """Which words say it, by their numbers. Most see it where its signs are; some see less, or something else."""
        signs = SIGNS.get(hue, ())
        found = [number for number, word in enumerate(words) if word.lower().startswith(signs)]
        if found and rng.random() < 0.8:
            more = [found[0] + 1] if rng.random() < 0.3 and found[0] + 1 < len(words) else []
            return sorted({*(found if rng.random() < 0.7 else found[:1]), *more})
        return [rng.randrange(len(words))] if words and rng.random() < 0.15 else []


def cast(people: int, *, seed: int, customer: str = "customer") -> list[Part]:
    """So many parts. Somebody always writes the sentence that the room will build on."""
    rng = Random(seed)
    roots = [(root.format(customer=customer), goal.format(customer=customer)) for root, goal in SENTENCES]
    root, goal = rng.choice(roots)
    others = [text.format(customer=customer) for text in MORE_SENTENCES] + [text for text, _ in roots if text != root]
    names, sentences = _shuffled(NAMES, people, rng), _shuffled(others, people, rng)
    sentences[rng.randrange(people)] = root
    return [
        Part(name, tuple(rng.sample(WORDS, rng.choice((1, 2, 2, 3)))), sentence, goal, root)
        for name, sentence in zip(names, sentences, strict=True)
    ]


def _shuffled(lines: tuple[str, ...] | list[str], people: int, rng: Random) -> list[str]:
    """As many lines as people, each as seldom as can be."""
    found: list[str] = []
    while len(found) < people:
        found += rng.sample(lines, len(lines))
    return found[:people]
