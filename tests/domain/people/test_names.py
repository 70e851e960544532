"""Last names as people spell them: a hundred that must match, and as many that must not."""

import pytest

from cme_reflex.domain.folding import fold
from cme_reflex.domain.people.names import full_name, initials, name_key, number_key, same_name

SPELLINGS = [
    # case and spaces
    ("Rivera", "rivera"),
    ("Rivera", "RIVERA"),
    ("Rivera", "  Rivera "),
    ("Rivera", "Rivera\t"),
    ("Rivera", "Rivera\u00a0"),
    ("Rivera", "\u200eRivera\u200b"),
    ("Rivera", "Ｒｉｖｅｒａ"),
    ("McAllister", "Mc Allister"),
    ("MacLeod", "Macleod"),
    ("Smith Jones", "Smith  Jones"),
    # accents, whole and combined
    ("Núñez", "Nunez"),
    ("N\u00fa\u00f1ez", "Nu\u0301n\u0303ez"),
    ("Beauséjour", "BEAUSÉJOUR"),
    ("Beauséjour", "beausejour"),
    ("Müller", "Muller"),
    ("Çelik", "Celik"),
    ("Dvořáková", "Dvorakova"),
    ("Škvorecký", "Skvorecky"),
    ("Żółć", "Zolc"),
    ("Wałęski", "Waleski"),
    ("Łukasik", "lukasik"),
    ("Đorđević", "Dordevic"),
    ("Ångström", "Angstrom"),
    ("Øster", "oster"),
    ("Sørensen", "SORENSEN"),
    ("Bjørnstad", "Bjornstad"),
    ("Ægidius", "Aegidius"),
    ("Œuvrard", "Oeuvrard"),
    ("Þórsson", "Thorsson"),
    ("Guðmundsdóttir", "Gudmundsdottir"),
    ("Borġ-Ħaddiem", "Borg Haddiem"),
    ("Ŧuolla", "Tuolla"),
    ("Ștefănescu", "Stefanescu"),
    ("Şahin", "Sahin"),
    ("Kõiv", "Koiv"),
    ("Bērziņš", "Berzins"),
    ("Žukauskaitė", "Zukauskaite"),
    ("São Bento", "Sao Bento"),
    ("Gal·la", "Galla"),
    # ß, and the Turkish i with and without its dot
    ("Strauß", "STRAUSS"),
    ("STRAUẞ", "strauss"),
    ("Yıldız", "Yildiz"),
    ("YILDIZ", "yıldız"),
    ("İnan", "inan"),
    ("İNAN", "İnan"),
    # hyphens of all lengths
    ("Smith-Jones", "Smith Jones"),
    ("Smith-Jones", "SmithJones"),
    ("Smith‐Jones", "Smith-Jones"),
    ("Smith‑Jones", "Smith-Jones"),
    ("Smith–Jones", "Smith—Jones"),
    ("Smith−Jones", "smith jones"),
    ("Smith - Jones", "Smith-Jones"),
    ("Smith\u00adson", "Smithson"),
    # apostrophes of all kinds
    ("O'Brien", "OBrien"),
    ("O'Brien", "O Brien"),
    ("O’Brien", "O'Brien"),
    ("O‘Brien", "O'Brien"),
    ("O‛Brien", "OBrien"),
    ("O′Brien", "OBrien"),
    ("O`Brien", "OBrien"),
    ("O´Brien", "OBrien"),
    ("OʼBrien", "OBrien"),
    ("Oʹbrien", "OBrien"),
    ("O＇Brien", "OBrien"),
    ("Kaʻaihue", "Kaaihue"),
    ("Kaʻaihue", "Ka'aihue"),
    ("D'Angelo", "d’angelo"),
    ("Al-Saʿdi", "Al Sadi"),
    ("Ben-Ya'akov", "Ben Yaʾakov"),
    ("O'Brien-Núñez Jr", "OBRIEN NUNEZ"),
    # particles
    ("van der Berg", "Vanderberg"),
    ("Van der Berg", "VAN DER BERG"),
    ("de la Cruz", "Delacruz"),
    ("von Stein", "Vonstein"),
    ("Del Monaco", "Delmonaco"),
    ("St. John", "st john"),
    ("St. John", "St.John"),
    ("El-Masry", "El Masry"),
    ("bin Rashid", "Bin-Rashid"),
    # suffixes, with and without comma and dot
    ("Smith", "Smith Jr"),
    ("Smith", "Smith Jr."),
    ("Smith", "Smith, Jr."),
    ("Smith", "Smith,Jr"),
    ("Smith Jr", "Smith Sr"),
    ("Smith III", "smith"),
    ("Smith II", "Smith"),
    ("Smith, IV", "Smith"),
    ("Smith Senior", "Smith"),
    ("Smith", "Smith MD"),
    ("Smith", "Smith, M.D."),
    ("Smith", "Smith, M.D., Ph.D."),
    ("Smith", "Smith Jr., MD, FACS"),
    ("Smith, DO", "Smith"),
    ("Smith", "Smith RN"),
    ("Le Do", "Ledo"),
    ("Le Do", "LE DO"),
    ("Do", "do"),
    # titles
    ("Smith", "Dr. Smith"),
    ("Smith", "Dr Smith, MD"),
    ("Smith", "Prof. Smith"),
    ("Smith", "Mrs. Smith"),
    # Vietnamese
    ("Nguyễn", "Nguyen"),
    ("NGUYỄN", "Nguyễn"),
    ("Đặng", "Dang"),
    ("Trương", "Truong"),
    # other alphabets
    ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
    ("Παπαδόπουλος", "παπαδοπουλοσ"),
    ("Йорданов", "ЙОРДАНОВ"),
    ("Семёнов", "Семенов"),
    ("Григор’єв", "Григорʼєв"),
    ("كاظمي", "کاظمی"),
    ("أحمد", "احمد"),
    ("مُحَمَّد", "محمد"),
    ("محـــمد", "محمد"),
    ("الزهراني", " الزهراني "),
    ("كهن׳", "كهن"),
    ("כהן", "כהן "),
    ("גוטמן־לוי", "גוטמן לוי"),
    ("李", " 李 "),
    ("欧阳", "欧 阳"),
    ("ﾀﾅｶ", "タナカ"),
    ("김", "\u1100\u1175\u11b7"),
    ("शर्मा", " शर्मा"),
]

STRANGERS = [
    ("Smith", "Smyth"),
    ("Smith", "Smit"),
    ("Smith", "Smiths"),
    ("Smith", "Smithson"),
    ("Smith", "Schmidt"),
    ("Smith", ""),
    ("Smith", "%"),
    ("Smith", "Jr"),
    ("Smith", "Dr."),
    ("Smith", "John Smith"),
    ("Smith", "Smith John"),
    ("Smith", "Sm1th"),
    ("Do", "Md"),
    ("Do", "Dr. Md"),
    ("Le", "Ledo"),
    ("Ivy", "I"),
    ("Ivy", "IV"),
    ("Jung", "Junior"),
    ("Garcia", "Garcia Lopez"),
    ("Garcia", "Lopez Garcia"),
    ("Garcia Lopez", "Lopez Garcia"),
    ("Garcia-Lopez", "Garcia"),
    ("Müller", "Mueller"),
    ("Müller", "Miller"),
    ("Møller", "Mller"),
    ("Strauß", "Straus"),
    ("Øster", "Ester"),
    ("Łukasik", "Tukasik"),
    ("Þórsson", "Porsson"),
    ("Yıldız", "Yeldez"),
    ("O'Brien", "Brien"),
    ("O'Brien", "O'Bryan"),
    ("van der Berg", "Berg"),
    ("de la Cruz", "Cruz"),
    ("McAllister", "MacAllister"),
    ("St. John", "Saint John"),
    ("Nguyễn", "Nguyn"),
    ("Đặng", "Bang"),
    ("Παπαδόπουλος", "Papadopoulos"),
    ("Йорданов", "Jordanov"),
    ("Αλεξίου", "Алексиу"),
    ("محمد", "محمود"),
    ("الزهراني", "زهراني"),
    ("כהן", "לוי"),
    ("李", "王"),
    ("李", "季"),
    ("欧阳", "欧"),
    ("शर्मा", "शिरम"),
    ("Ван", "Bah"),
    ("а", "a"),
    ("'", "’"),
    ("", ""),
    ("-", " "),
]


def test_there_are_a_hundred_spellings_and_more() -> None:
    assert len(set(SPELLINGS)) == len(SPELLINGS) > 100


@pytest.mark.parametrize(("registered", "typed"), SPELLINGS)
def test_spellings_of_one_name_are_the_same_name(registered: str, typed: str) -> None:
    assert same_name(registered, typed)
    assert same_name(typed, registered)


@pytest.mark.parametrize(("one", "another"), STRANGERS)
def test_different_names_stay_different(one: str, another: str) -> None:
    assert not same_name(one, another)
    assert not same_name(another, one)


@pytest.mark.parametrize(
    ("last_name", "key"),
    [
        ("O'Brien-Núñez, Jr., MD", "obriennunez"),
        ("Dr. Do", "do"),
        ("Do", "do"),
        ("Jr.", "jr"),
        ("Prof.", "prof"),
        ("Dr. Prof", "prof"),
        ("Do Jr", "do"),
        ("'-.", ""),
        ("", ""),
    ],
)
def test_the_key_is_the_shortest_reading(last_name: str, key: str) -> None:
    assert name_key(last_name) == key


@pytest.mark.parametrize(
    "typed", [" pstm24-aa ", "PSTM24AA", "pstm 24 aa", "ＰＳＴＭ２４ＡＡ", "pstm٢٤aa", "PSTM–24–AA"]
)
def test_numbers_are_read_without_case_spaces_and_hyphens(typed: str) -> None:
    assert number_key(typed) == "PSTM24AA"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Kim", "O'Brien-Núñez", "Jr"), "Kim O'Brien-Núñez Jr"),
        (("Kim", "O'Brien-Núñez", ""), "Kim O'Brien-Núñez"),
        (("", "Cher", ""), "Cher"),
        (("", "Smith", "MD"), "Smith MD"),
    ],
)
def test_a_full_name_has_the_parts_that_are_there(
    parts: tuple[str, str, str], expected: str
) -> None:
    assert full_name(*parts) == expected


def test_a_suffix_is_no_part_of_the_name() -> None:
    suffixes = ("Jr", "Sr", "Junior", "Senior", "II", "III", "IV", "V", "MD", "DO", "PhD")
    assert {name_key(f"Smith {suffix}") for suffix in suffixes} == {"smith"}
    assert name_key("Smith III, MD, PhD") == "smith"


def test_a_name_that_is_only_a_suffix_stays() -> None:
    assert name_key("Do") == "do"


def test_a_name_of_signs_only_has_no_key() -> None:
    assert name_key("'-.") == ""


@pytest.mark.parametrize("text", ["It's `so`: A_b-C, 8.50!", "", "?", " a  b "])
def test_text_is_folded_alike_with_and_without_an_accent_in_it(text: str) -> None:
    assert f"{fold(text)} e".strip() == fold(f"{text} é")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kim O'Brien-Núñez Jr", "K. O."),
        ("Dr. Elena Maria Rivera, M.D., FACS", "E. M. R."),
        ("Thi Do", "T. D."),
        ("Dr. Okafor", "D. O."),
        ("Dr. Kim Okafor", "K. O."),
        ("Kim Okafor Jr", "K. O."),
        ("Okafor,Kim", "O. K."),
        ("élodie de la cruz", "É. D. L. C."),
        ("李 Wei", "李. W."),
        ("Cher", "C."),
        ("(Bob) - Smith", "B. S."),
    ],
)
def test_initials_are_of_the_name_without_titles_and_suffixes(name: str, expected: str) -> None:
    assert initials(name) == expected
