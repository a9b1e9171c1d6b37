"""Material of the sample log: the shop's products, white papers, and the places of its contacts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the shop. `price` is in cents, so that sums stay exact."""

    sku: str
    name: str
    category: str
    price: int
    name_fr: str
    next_sku: str = ""  # its accessory, bought later
    above_sku: str = ""  # the same product, one range above
    case_sku: str = ""  # its case


@dataclass(frozen=True, slots=True)
class Category:
    """Products of a kind, with the three most popular. `goes_with`: the category that suits it.

    `lasts_days`: days until a consumable is used up.
    """

    category: str
    title: str
    title_fr: str
    popular: tuple[str, str, str]
    goes_with: str
    lasts_days: int | None = None


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport with a lounge of the travel agency; `lat` and `lon` in degrees, of the lounge."""

    iata: str
    name: str
    city: str
    city_fr: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place of contacts: country, time zone, languages with their weights, and the weight of the place.

    `phones`: beginnings, by area, of the numbers that the country reserves for fiction; empty if it reserves none.
    `phone_digits`: the number of digits after them.
    """

    country: str
    timezone: str
    locales: tuple[str, ...]
    weight: int
    phones: tuple[str, ...] = ()
    phone_digits: int = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """A white paper of the service for professionals."""

    slug: str
    title: str
    title_fr: str


PRODUCTS = (
    Product("TX-101", "Linen cushion cover", "textiles", 2900, "Housse de coussin en lin"),
    Product("TX-102", "Washed linen duvet cover", "textiles", 12900, "Housse de couette en lin lavé"),
    Product("TX-103", "Linen pillowcase", "textiles", 2400, "Taie d’oreiller en lin"),
    Product("TX-104", "Wool throw", "textiles", 8900, "Plaid en laine"),
    Product("TX-105", "Cotton bath towel", "textiles", 2600, "Serviette de bain en coton"),
    Product("TX-106", "Linen tablecloth", "textiles", 6900, "Nappe en lin"),
    Product("TX-107", "Set of four napkins", "textiles", 3200, "Lot de quatre serviettes de table"),
    Product("TX-108", "Jute rug, small", "textiles", 5900, "Petit tapis de jute"),
    Product("LI-201", "Alder lamp", "lighting", 11900, "Lampe en aulne"),
    Product("LI-202", "Paper lantern", "lighting", 3900, "Lanterne en papier"),
    Product("LI-203", "Brass reading lamp", "lighting", 14900, "Liseuse en laiton"),
    Product("LI-204", "Clip lamp", "lighting", 3400, "Lampe à pince"),
    Product("LI-205", "Ceramic table lamp", "lighting", 8400, "Lampe de table en céramique"),
    Product("LI-206", "Garden lantern", "lighting", 4500, "Lanterne de jardin"),
    Product("TA-301", "Everyday bowl", "tableware", 1400, "Bol de tous les jours"),
    Product("TA-302", "Stoneware dinner plate", "tableware", 1800, "Assiette en grès"),
    Product("TA-303", "Espresso cup", "tableware", 900, "Tasse à expresso"),
    Product("TA-304", "Serving dish", "tableware", 3600, "Plat de service"),
    Product("TA-305", "Smoked glass carafe", "tableware", 2800, "Carafe en verre fumé"),
    Product("TA-306", "Smoked glass tumbler", "tableware", 1100, "Gobelet en verre fumé"),
    Product("TA-307", "Olive wood board", "tableware", 3100, "Planche en olivier"),
    Product("TA-308", "Teapot", "tableware", 4200, "Théière"),
    Product("DE-401", "Beeswax candle", "decoration", 1250, "Bougie en cire d’abeille"),
    Product("DE-402", "Stoneware vase", "decoration", 3800, "Vase en grès"),
    Product("DE-403", "Round mirror", "decoration", 7900, "Miroir rond"),
    Product("DE-404", "Picture frame", "decoration", 2200, "Cadre photo"),
    Product("DE-405", "Dried flower bouquet", "decoration", 2700, "Bouquet de fleurs séchées"),
    Product("DE-406", "Woven basket", "decoration", 3300, "Panier tressé"),
    Product("FU-501", "Oak stool", "furniture", 9500, "Tabouret en chêne"),
    Product("FU-502", "Bedside table", "furniture", 18900, "Table de chevet"),
    Product("FU-503", "Cane chair", "furniture", 22900, "Chaise cannée"),
    Product("FU-504", "Wall shelf", "furniture", 7400, "Étagère murale"),
)

# Also sold, and bought on occasions of their own: see the stories.
PHONES = (
    Product(
        "PH-601", "Vanneau One phone", "phones", 39900, "Téléphone Vanneau One", above_sku="PH-602", case_sku="PA-611"
    ),
    Product(
        "PH-602", "Vanneau Two phone", "phones", 54900, "Téléphone Vanneau Two", above_sku="PH-603", case_sku="PA-612"
    ),
    Product("PH-603", "Vanneau Three phone", "phones", 79900, "Téléphone Vanneau Three", case_sku="PA-613"),
)
PHONE_ACCESSORIES = (
    Product("PA-611", "Felt phone case", "phone_accessories", 2900, "Étui en feutre"),
    Product("PA-612", "Cork phone case", "phone_accessories", 3400, "Étui en liège"),
    Product("PA-613", "Leather phone case", "phone_accessories", 4900, "Étui en cuir"),
    Product("PA-614", "Oak charging stand", "phone_accessories", 4500, "Socle de recharge en chêne"),
)
CLOUD = Product("CL-621", "Vanneau Cloud, a year", "cloud", 3600, "Vanneau Cloud, un an")
KITCHEN = (
    Product("KI-701", "Espresso machine", "kitchen", 24900, "Machine à expresso", next_sku="KI-702"),
    Product("KI-702", "Coffee grinder", "kitchen", 8900, "Moulin à café"),
    Product("KI-703", "Cast-iron pot", "kitchen", 15900, "Cocotte en fonte", next_sku="KI-704"),
    Product("KI-704", "Trivet and pot holders", "kitchen", 3500, "Dessous-de-plat et maniques"),
)
CONSUMABLES = (
    Product("CO-801", "Espresso beans, 1 kg", "coffee", 2290, "Café en grains, 1 kg"),
    Product("CO-802", "Filter coffee, 1 kg", "coffee", 1990, "Café filtre, 1 kg"),
    Product("LA-811", "Laundry soap, 3 l", "laundry", 1450, "Lessive au savon, 3 l"),
)
ALL_PRODUCTS = (*PRODUCTS, *PHONES, *PHONE_ACCESSORIES, CLOUD, *KITCHEN, *CONSUMABLES)

CATEGORIES = (
    Category("textiles", "Textiles", "Linge de maison", ("TX-102", "TX-104", "TX-105"), "decoration"),
    Category("lighting", "Lighting", "Luminaires", ("LI-201", "LI-205", "LI-202"), "textiles"),
    Category("tableware", "Tableware", "Arts de la table", ("TA-302", "TA-305", "TA-307"), "kitchen"),
    Category("decoration", "Decoration", "Décoration", ("DE-402", "DE-403", "DE-401"), "lighting"),
    Category("furniture", "Furniture", "Meubles", ("FU-501", "FU-504", "FU-503"), "textiles"),
    Category("kitchen", "Kitchen", "Cuisine", ("KI-701", "KI-703", "KI-702"), "tableware"),
    Category("phones", "Phones", "Téléphones", ("PH-601", "PH-602", "PH-603"), "phone_accessories"),
    Category(
        "phone_accessories", "Phone accessories", "Accessoires de téléphone", ("PA-611", "PA-614", "PA-612"), "cloud"
    ),
    Category("cloud", "Cloud", "Cloud", ("CL-621", "CL-621", "CL-621"), "phone_accessories"),
    Category("coffee", "Coffee", "Café", ("CO-801", "CO-802", "CO-801"), "tableware", lasts_days=35),
    Category("laundry", "Laundry", "Lessive", ("LA-811", "LA-811", "LA-811"), "textiles", lasts_days=60),
)

AIRPORTS = (
    Airport("CDG", "Paris Charles de Gaulle", "Paris", "Paris", 49.0097, 2.5479),
    Airport("ORY", "Paris Orly", "Paris", "Paris", 48.7262, 2.3652),
    Airport("LYS", "Lyon Saint-Exupéry", "Lyon", "Lyon", 45.7256, 5.0811),
    Airport("BRU", "Brussels", "Brussels", "Bruxelles", 50.9014, 4.4844),
    Airport("LHR", "London Heathrow", "London", "Londres", 51.4700, -0.4543),
    Airport("JFK", "New York JFK", "New York", "New York", 40.6413, -73.7781),
    Airport("YYZ", "Toronto Pearson", "Toronto", "Toronto", 43.6777, -79.6248),
    Airport("HND", "Tokyo Haneda", "Tokyo", "Tokyo", 35.5494, 139.7798),
    Airport("RUN", "Réunion Roland Garros", "Saint-Denis", "Saint-Denis", -20.8871, 55.5103),
    Airport("MAD", "Madrid Barajas", "Madrid", "Madrid", 40.4983, -3.5676),
    Airport("LIS", "Lisbon", "Lisbon", "Lisbonne", 38.7742, -9.1342),
    Airport("FCO", "Rome Fiumicino", "Rome", "Rome", 41.8003, 12.2389),
    Airport("CPH", "Copenhagen", "Copenhagen", "Copenhague", 55.6180, 12.6508),
)

PAPERS = (
    Paper(
        "guest-house",
        "Furnishing a guest house without surprises",
        "Meubler une maison d’hôtes sans mauvaise surprise",
    ),
    Paper(
        "dining-light",
        "Light that makes guests stay for dessert",
        "La lumière qui fait rester jusqu’au dessert",
    ),
    Paper(
        "hotel-textiles",
        "Textiles that survive a hotel laundry",
        "Un linge qui survit à la blanchisserie de l’hôtel",
    ),
)

COMPANIES = (
    "Studio Orme", "Les Quatre Vents", "Atelier Nacre", "Hotel Belair", "Maison Tilleul", "Chez Odette",
    "Studio Sablier", "Auberge du Canal", "Fern & Field", "Kura Interiors", "Villa Pamplemousse",
    "Northlight Design", "Gîte des Cigales", "Bureau Galet",
)  # fmt: skip
ROLES = ("interior designer", "owner", "purchasing manager", "architect", "general manager")
STREETS = ("Rue des Lilas", "Avenue du Parc", "Quai Neuf", "Place du Marché", "Rue de la Poste", "Chemin Vert")
HOSTS = ("Inès Duval", "Paul Mercier", "Hannah Cole")

# Each area reserves a hundred numbers: ten areas are enough for a thousand contacts.
_US_AREAS = (202, 212, 213, 305, 312, 415, 503, 617, 702, 808)
_CANADIAN_AREAS = (416, 204, 306, 403, 506, 514, 604, 613, 867, 902)

PLACES = (
    Place("FR", "Europe/Paris", ("fr", "fr", "fr", "en"), 60, ("+3363998",)),
    Place("BE", "Europe/Brussels", ("fr", "nl", "en"), 7),
    Place("GB", "Europe/London", ("en",), 7, ("+447700900",), 3),
    Place("US", "America/New_York", ("en",), 8, tuple(f"+1{area}55501" for area in _US_AREAS), 2),
    Place("CA", "America/Toronto", ("en", "fr"), 4, tuple(f"+1{area}55501" for area in _CANADIAN_AREAS), 2),
    Place("JP", "Asia/Tokyo", ("ja", "en"), 6),
    Place("RE", "Indian/Reunion", ("fr",), 5, ("+3363998",)),
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
