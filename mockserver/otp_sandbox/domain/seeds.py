"""Everything that looks random is drawn here: the same seed and the same words give the same number again."""

from __future__ import annotations

from hashlib import blake2b

DIGITS = "0123456789"
LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def draw(seed: int, *words: str | int) -> int:
    """Draw a number of 512 bits that belongs to the seed and the words."""
    return int.from_bytes(draw_bytes(seed, *words))


def draw_bytes(seed: int, *words: str | int) -> bytes:
    """Draw as `draw` does, and give the 64 bytes of the number."""
    return blake2b("\x1f".join([str(seed), *map(str, words)]).encode()).digest()


def halves(number: int) -> tuple[int, int]:
    """Make two numbers of 256 bits of a drawn one."""
    return number >> 256, number & (1 << 256) - 1


def spell(number: int, length: int, alphabet: str) -> str:
    """Spell half a drawn number as `length` characters (up to 40) of an alphabet, evenly distributed."""
    size = len(alphabet)
    number %= size**length  # nothing else is spelled, and small numbers are divided faster
    if alphabet is DIGITS and length:
        return f"{number:0{length}d}"[::-1]
    characters = []
    for _ in range(length):
        number, index = divmod(number, size)
        characters.append(alphabet[index])
    return "".join(characters)


def spell_mixed(number: int, length: int) -> str:
    """Spell letters and digits as `spell` does, with one of each at least, where there is room for both."""
    while True:
        spelled = spell(number, length, LETTERS_AND_DIGITS)
        if length < 2 or not (spelled.isalpha() or spelled.isdigit()):  # noqa: PLR2004  (one of each)
            return spelled
        number //= len(LETTERS_AND_DIGITS) ** length
        if not number:  # all that was drawn is used up
            return spelled[:-1] + ("0" if spelled.isalpha() else "A")


def hexadecimal(number: int, length: int) -> str:
    """Spell a number as `length` lower-case hexadecimal digits (up to 60), the lowest ones."""
    return f"{number & (1 << 4 * length) - 1:0{length}x}"
