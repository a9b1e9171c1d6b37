"""What the sample log is made of: the shop's products, white papers, and the places its contacts live in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """Something the boutique sells. `price` is in cents, so that sums stay exact."""

    sku: str
    name: str
    category: str
    price: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where contacts live: country, time zone, languages with their weights, and the weight of the place.

    `phone` begins the numbers that the country reserves for fiction, `phone_digits` is how many digits
    follow; empty where it reserves none.
    """

    country: str
    timezone: str
    locales: tuple[str, ...]
    weight: int
    phone: str = ""
    phone_digits: int = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """A white paper of the service for professionals."""

    slug: str
    title: str


PRODUCTS = (
    Product("TX-101", "Linen cushion cover", "textiles", 2900),
    Product("TX-102", "Washed linen duvet cover", "textiles", 12900),
    Product("TX-103", "Linen pillowcase", "textiles", 2400),
    Product("TX-104", "Wool throw", "textiles", 8900),
    Product("TX-105", "Cotton bath towel", "textiles", 2600),
    Product("TX-106", "Linen tablecloth", "textiles", 6900),
    Product("TX-107", "Set of four napkins", "textiles", 3200),
    Product("TX-108", "Jute rug, small", "textiles", 5900),
    Product("LI-201", "Alder lamp", "lighting", 11900),
    Product("LI-202", "Paper lantern", "lighting", 3900),
    Product("LI-203", "Brass reading lamp", "lighting", 14900),
    Product("LI-204", "Clip lamp", "lighting", 3400),
    Product("LI-205", "Ceramic table lamp", "lighting", 8400),
    Product("LI-206", "Garden lantern", "lighting", 4500),
    Product("TA-301", "Everyday bowl", "tableware", 1400),
    Product("TA-302", "Stoneware dinner plate", "tableware", 1800),
    Product("TA-303", "Espresso cup", "tableware", 900),
    Product("TA-304", "Serving dish", "tableware", 3600),
    Product("TA-305", "Smoked glass carafe", "tableware", 2800),
    Product("TA-306", "Smoked glass tumbler", "tableware", 1100),
    Product("TA-307", "Olive wood board", "tableware", 3100),
    Product("TA-308", "Teapot", "tableware", 4200),
    Product("DE-401", "Beeswax candle", "decoration", 1250),
    Product("DE-402", "Stoneware vase", "decoration", 3800),
    Product("DE-403", "Round mirror", "decoration", 7900),
    Product("DE-404", "Picture frame", "decoration", 2200),
    Product("DE-405", "Dried flower bouquet", "decoration", 2700),
    Product("DE-406", "Woven basket", "decoration", 3300),
    Product("FU-501", "Oak stool", "furniture", 9500),
    Product("FU-502", "Bedside table", "furniture", 18900),
    Product("FU-503", "Cane chair", "furniture", 22900),
    Product("FU-504", "Wall shelf", "furniture", 7400),
)

PAPERS = (
    Paper("guest-house", "Furnishing a guest house without surprises"),
    Paper("dining-light", "Light that makes guests stay for dessert"),
    Paper("hotel-textiles", "Textiles that survive a hotel laundry"),
)

COMPANIES = (
    "Studio Orme", "Les Quatre Vents", "Atelier Nacre", "Hotel Belair", "Maison Tilleul", "Chez Odette",
    "Studio Sablier", "Auberge du Canal", "Fern & Field", "Kura Interiors", "Villa Pamplemousse",
    "Northlight Design", "Gîte des Cigales", "Bureau Galet",
)  # fmt: skip
ROLES = ("interior designer", "owner", "purchasing manager", "architect", "general manager")
HOSTS = ("Inès Duval", "Paul Mercier", "Hannah Cole")

PLACES = (
    Place("FR", "Europe/Paris", ("fr", "fr", "fr", "en"), 60, "+3363998"),
    Place("BE", "Europe/Brussels", ("fr", "nl", "en"), 7),
    Place("GB", "Europe/London", ("en",), 7, "+447700900", 3),
    Place("US", "America/New_York", ("en",), 8, "+120255501", 2),
    Place("CA", "America/Toronto", ("en", "fr"), 4, "+141655501", 2),
    Place("JP", "Asia/Tokyo", ("ja", "en"), 6),
    Place("RE", "Indian/Reunion", ("fr",), 5, "+3363998"),
    Place("ES", "Europe/Madrid", ("es", "en"), 3),
)

FIRST_NAMES = (
    "Camille", "Léa", "Hugo", "Manon", "Jules", "Chloé", "Louis", "Inès", "Gabriel", "Sarah", "Arthur",
    "Zoé", "Nathan", "Alice", "Raphaël", "Emma", "Lucas", "Jade", "Noah", "Louise", "Paul", "Nina",
    "Théo", "Clara", "Victor", "Agathe", "Samir", "Yasmine", "Karim", "Fatou", "Mei", "Haruto", "Yuki",
    "Sakura", "Olivia", "Jack", "Amelia", "Oscar", "Grace", "Ethan", "Ava", "Mason", "Harper", "Liam",
    "Sofia", "Mateo", "Carmen", "Élise", "Bruno", "Marguerite", "Solange", "Bastien", "Odile", "Rémi",
)  # fmt: skip
LAST_NAMES = (
    "Moreau", "Girard", "Lambert", "Fontaine", "Chevalier", "Payet", "Hoarau", "Perrin", "Marchand",
    "Dupuis", "Leroux", "Noel", "Barbier", "Renaud", "Colin", "Vidal", "Peeters", "Janssens", "Smith",
    "Walker", "Hughes", "Clarke", "Miller", "Davis", "Wilson", "Tremblay", "Roy", "Sato", "Tanaka",
    "Kobayashi", "Ito", "Garcia", "Navarro", "Diallo", "Benali", "Nguyen", "Kaplan", "Rossi",
)  # fmt: skip
