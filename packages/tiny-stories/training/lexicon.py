"""Words of kindness and joy, words of sorrow and harm, and edits that turn one into the other."""

import re

HAPPY = set(
    """happy happily happier happiest joy joyful glad cheerful smile smiled smiles smiling laugh laughed laughing laughter
    giggle giggled giggling kind kindly kindness nice friend friends friendly love loved loves loving lovely help helped
    helps helping helpful hug hugged hugs hugging kiss kissed thank thanked thanks share shared sharing play played
    playing fun funny excited proud brave safe gentle care cared caring sweet beautiful wonderful great delicious
    yummy enjoy enjoyed cheer cheered clapped dance danced danced sang sing singing sunny warm best better favorite gift
    present surprise hooray yay amazing together forgive forgave celebrate party hope peace good""".split()
)
SAD = set(
    """sad sadly sadness cry cried cries crying tears tear weep wept angry angrily anger mad hurt hurts hurting pain scared
    afraid frightened fear scary mean mean cruel rude broke broken break died die dead death alone lonely lost lose
    hate hated hates fight fought fighting hit yell yelled yelling shout shouted scream screamed bad worst worse ugly
    sick ill fell fall crash crashed sorry upset worried worry frown frowned frowning bite bit kick kicked push pushed
    steal stole thief trouble danger dangerous poor hungry cold dark monster storm blood wound kill killed ruined
    destroyed nobody terrible awful horrible mess bored grumpy jealous selfish greedy""".split()
)
OPPOSITE = {
    "happy": "sad", "happily": "sadly", "glad": "angry", "joy": "sorrow", "joyful": "gloomy", "cheerful": "gloomy",
    "smiled": "frowned", "smile": "frown", "smiling": "frowning", "laughed": "cried", "laugh": "cry",
    "laughing": "crying", "giggled": "cried", "kind": "mean", "nice": "mean", "friendly": "cruel", "friend": "enemy",
    "friends": "enemies", "love": "hate", "loved": "hated", "loves": "hates", "helped": "hurt", "help": "hurt",
    "hugged": "hit", "hug": "kick", "kissed": "bit", "thanked": "blamed", "shared": "stole", "share": "steal",
    "excited": "upset", "proud": "ashamed", "brave": "scared", "safe": "lost", "gentle": "rough", "beautiful": "ugly",
    "wonderful": "terrible", "great": "bad", "good": "bad", "best": "worst", "better": "worse", "fun": "trouble",
    "delicious": "rotten", "yummy": "yucky", "cheered": "screamed", "clapped": "yelled", "enjoyed": "hated",
    "warm": "cold", "sunny": "stormy", "found": "lost", "fixed": "broke", "won": "lost", "lovely": "awful",
}  # fmt: skip
BACK = {}
for joyful, sorrowful in OPPOSITE.items():
    BACK.setdefault(sorrowful, joyful)
BACK |= {"afraid": "brave", "broken": "new", "yelled": "sang", "shouted": "sang", "alone": "together", "died": "lived",
         "lonely": "happy", "mad": "happy", "tears": "smiles", "hurt": "helped", "fought": "played", "scary": "funny",
         "fell": "jumped", "lost": "found", "bad": "good", "cried": "laughed", "hated": "loved", "pushed": "hugged", "worried": "happy"}  # fmt: skip
NEGATION = re.compile(r"\b(?:not|no|never|don't|didn't|doesn't|wasn't|isn't|couldn't|can't)$")
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")


def feeling(text: str) -> tuple[int, int]:
    """(happy words, sad words); a negation right before a word turns it over."""
    happy = sad = 0
    for match in WORD.finditer(text):
        word = match.group().lower()
        negated = NEGATION.search(text[max(0, match.start() - 9) : match.start()].rstrip().lower()) is not None
        happy += (word in HAPPY and not negated) or (word in SAD and negated)
        sad += (word in SAD and not negated) or (word in HAPPY and negated)
    return happy, sad


def turned(text: str, table: dict[str, str]) -> tuple[str, int]:
    """The text with every word of `table` replaced, and how many there were."""
    count = 0

    def replace(match: re.Match) -> str:
        nonlocal count
        other = table.get(match.group().lower())
        if other is None:
            return match.group()
        count += 1
        return other.capitalize() if match.group()[0].isupper() else other

    return WORD.sub(replace, text), count
