"""What drawings share: text measured without a browser, labels that keep clear of each other, colours, hatching.

Colours are those of Okabe and Ito, told apart by people who see fewer colours; nothing is told by colour alone.

>>> round(width("质量 kg", 10), 1)
37.4
>>> number(1234567.0), number(12.345), number(0.00321), number(0.0)
('1,234,567', '12.35', '0.00321', '0')
"""

from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from unicodedata import east_asian_width

FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, DIM, LINE, PAPER, ALARM = "#1a2230", "#586274", "#8a94a6", "#ffffff", "#b02a00"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
SIZE = 11.0
LINE_HEIGHT = 14.0


def width(text: str, size: float = SIZE) -> float:
    """How wide a text is, a little generously: nothing is cut off or run into."""
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character in "mwMW@%—…":
        return 0.95
    return 0.7 if character.isupper() else 0.58


def clipped(text: str, most: float, size: float = SIZE) -> str:
    """The text, shortened by an ellipsis where it is wider than `most`."""
    if width(text, size) <= most:
        return text
    while text and width(text + "…", size) > most:
        text = text[:-1]
    return text + "…"


def number(value: float) -> str:
    """A figure in a drawing: four digits that count, no exponent; the table beside it has it whole."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    shown = f"{value:.4g}"
    return f"{value:.12f}".rstrip("0") if "e" in shown else shown


def n(value: float) -> str:
    """A coordinate."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Box:
    """Where a label stands."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        """Whether two labels run into each other."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(slots=True)
class Labels:
    """Labels that keep clear of each other: each goes to the free place nearest to where it was wanted."""

    placed: list[Box] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    top: float = 0.0

    @property
    def bottom(self) -> float:
        """How far down the labels go."""
        return max((box.y + box.height for box in self.placed), default=0.0)

    def keep_clear(self, box: Box) -> None:
        """No label goes there."""
        self.placed.append(box)

    def put(
        self, text: str, x: float, middle: float, *, anchor: str = "start", fill: str = INK, whole: str = ""
    ) -> Box:
        """Place one line with its middle near `middle`; returns where it went."""
        wide = width(text)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        step = 0
        while True:
            # above and below by turns, ever further
            away = (step + 1) // 2 * (LINE_HEIGHT / 2) * (1 if step % 2 else -1)
            box = Box(left, middle + away - LINE_HEIGHT / 2, wide, LINE_HEIGHT)
            if box.y >= self.top and not any(box.meets(other) for other in self.placed):
                break
            step += 1
        self.placed.append(box)
        self.drawn.append(line(text, x, box.y + LINE_HEIGHT * 0.77, anchor=anchor, fill=fill, whole=whole))
        return box


def line(
    text: str,
    x: float,
    base: float,
    *,
    anchor: str = "start",
    fill: str = INK,
    size: float = SIZE,
    whole: str = "",
) -> str:
    """One line of text with a rim of paper, so that it can be read on top of a drawing."""
    more = f"<title>{escape(whole)}</title>" if whole and whole != text else ""
    return (
        f'<text x="{n(x)}" y="{n(base)}" font-size="{n(size)}" text-anchor="{anchor}" fill="{fill}" '
        f'stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">{escape(text)}{more}</text>'
    )


def picture(wide: float, high: float, title: str, told: str, drawn: str) -> str:
    """A whole SVG: title and description for who does not see it, hatching for what nobody explained."""
    mark = sha256(f"{title}{told}{drawn}".encode()).hexdigest()[:8]  # ids are one name space on a page
    hatch = (
        f'<pattern id="unexplained-{mark}" width="7" height="7" patternUnits="userSpaceOnUse">'
        f'<rect width="7" height="7" fill="{PAPER}"/>'
        f'<path d="M-1 1L1 -1M0 7L7 0M6 8L8 6" stroke="{INK}" stroke-width="1.4"/></pattern>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {n(wide)} {n(high)}" width="{n(wide)}" '
        f'height="{n(high)}" font-family="{FONT}" aria-labelledby="title-{mark} desc-{mark}">'
        f'<title id="title-{mark}">{escape(title)}</title><desc id="desc-{mark}">{escape(told)}</desc>'
        f'<defs>{hatch}</defs><rect width="{n(wide)}" height="{n(high)}" fill="{PAPER}"/>'
        f"{drawn.replace(HATCHED, f'url(#unexplained-{mark})')}</svg>"
    )


HATCHED = "url(#unexplained)"
"""Fill or stroke of what nobody explained; `picture` gives it its name on the page."""
