"""Titles as people write them, from the way their data do."""

from pathlib import Path

import polars as pl
import pytest

from demos.recommendations.items import film_title, product_title, read_items


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("Glass Orchard, The (1999)", "The Glass Orchard (1999)"),
        ("Hole, The (Trou, Le) (1960)", "The Hole (Le Trou) (1960)"),
        ("Avventura, L' (Adventure, The) (1960)", "L'Avventura (The Adventure) (1960)"),
        ("Lear (a.k.a. Tragedy of Lear, The) (1971)", "Lear (a.k.a. The Tragedy of Lear) (1971)"),
        ("Monsters, Inc. (2001)", "Monsters, Inc. (2001)"),
        ("Evangelion: 1.0 You Are (Not) Alone (2007)",) * 2,
        ("Rome, Open City (1945)", "Rome, Open City (1945)"),
        ("Moonlight ", "Moonlight"),
    ],
)
def test_articles_stand_before_film_titles(given: str, title: str) -> None:
    assert film_title(given) == title


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("REGENCY CAKESTAND 3 TIER", "Regency cakestand 3 tier"),
        ("SET/4 BUTTERFLY  MIRROR MAGNETS", "Set of 4 butterfly mirror magnets"),
        ("LAVENDER SCENTED S/6 T-LIGHTS", "Lavender scented set of 6 t-lights"),
        ("3D VINTAGE CHRISTMAS STICKERS", "3D vintage Christmas stickers"),
        ("I LOVE LONDON CD RACK", "I love London CD rack"),
        ("LUNCH BAG  BLACK SKULL.", "Lunch bag black skull"),
        ("PURSE,SMALL W/CHIME", "Purse, small with chime"),
        ("GLASS+BEAD ASSTD COL", "Glass + bead assorted colour"),
        ('LETTER "A" BLING KEY RING', 'Letter "A" bling key ring'),
        ("POLYESTER FILLER PAD 40x40cm", "Polyester filler pad 40x40cm"),
        ("FRENCH BLUE METAL DOOR SIGN 7", "French blue metal door sign 7"),
    ],
)
def test_product_titles_are_not_shouted(given: str, title: str) -> None:
    assert product_title(given) == title


def test_films_have_genres_but_no_formats(tmp_path: Path) -> None:
    write(
        tmp_path / "movies-items.parquet",
        item=[2, 1],
        title=["Paterson", "Dark Alley, The (1946)"],
        genres=["(no genres listed)", "Film-Noir|IMAX|Sci-Fi"],
    )
    items = read_items(tmp_path, "movies")
    assert items.titles == ("", "The Dark Alley (1946)", "Paterson")
    assert items.kinds == ((), ("Film noir", "Sci-Fi"), ())
    assert items.codes == ("", "1", "2")


def test_books_name_authors_and_year(tmp_path: Path) -> None:
    write(
        tmp_path / "books-items.parquet",
        item=[1, 2, 3],
        title=["The  Odyssey", "A Guide", "Many Hands"],
        authors=["Homer, Robert Fagles", "Chris   Smith", "A. One, B. Two, C. Three, D. Four"],
        year=[-720.0, None, 2001.0],
    )
    items = read_items(tmp_path, "books")
    assert items.details[1:] == (
        "Homer, Robert Fagles · 720 BC",
        "Chris Smith",
        "A. One, B. Two, C. Three and others · 2001",
    )
    assert items.titles[1] == "The Odyssey"
    assert items.makers == ("", "Homer", "Chris Smith", "A. One")


def test_products_name_stock_code_and_price(tmp_path: Path) -> None:
    write(
        tmp_path / "retail-items.parquet",
        item=[1],
        sku=["22423"],
        title=["REGENCY CAKESTAND 3 TIER"],
        price_gbp=[12.75],
    )
    items = read_items(tmp_path, "retail")
    assert (items.details[1], items.codes[1]) == ("SKU 22423 · GBP 12.75", "22423")


def test_a_gap_in_the_numbers_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "movies-items.parquet", item=[1, 3], title=["A", "B"], genres=["x", "y"])
    with pytest.raises(ValueError, match="numbered"):
        read_items(tmp_path, "movies")


def write(path: Path, **columns: list[object]) -> None:
    pl.DataFrame(columns).write_parquet(path)
