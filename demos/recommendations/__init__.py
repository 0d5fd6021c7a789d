"""Recommendations: what a person took so far in, what they will want next out."""

from demos.core.spec import Bundled, DemoSpec, ModelSpec

MIB = 1024**2

SPEC = DemoSpec(
    slug="recommendations",
    title="Recommendations",
    industry="Retail",
    icon="recommend",
    question="What will this person want next, and why?",
    summary="Recommends films, books or products from what a person took before; says which of "
    "those moved each recommendation, and lets you steer the list.",
    models=(
        ModelSpec(
            demo="recommendations",
            name="movies",
            title="Films",
            source=Bundled(
                "recommendations/weights/movies.safetensors",
                "7bb5636f80df03693fad5f86112af4ea1bc3437ba9bdc514663c69a88baec1aa",
            ),
            memory_bytes=40 * MIB,
            license="GroupLens: no commercial use, redistribution under the same conditions",
            group="movies",
            summary="A transformer over 6,134 films, trained on the histories of 2,619 people, "
            "blended with a linear model of what is watched together.",
        ),
        ModelSpec(
            demo="recommendations",
            name="books",
            title="Books",
            source=Bundled(
                "recommendations/weights/books.safetensors",
                "f6262c6c178de6dd845ef3582bc89dc46c2f0188785c75a45a34d31439099d20",
            ),
            memory_bytes=60 * MIB,
            license="CC BY-SA 4.0, as the data",
            group="books",
            summary="A transformer over 9,147 books, trained on the histories of 2,672 people, "
            "blended with a linear model of what is read together.",
        ),
        ModelSpec(
            demo="recommendations",
            name="retail",
            title="Products",
            source=Bundled(
                "recommendations/weights/retail.safetensors",
                "eba93f43960ce8ea48fa83c230d9127b1ede5b7f2ac95dfc448b594fbcf43f60",
            ),
            memory_bytes=30 * MIB,
            license="CC BY 4.0, as the data",
            group="retail",
            summary="A transformer over 4,199 products of a gift shop, trained on the purchases of "
            "5,537 customers, blended with a linear model of what is bought together.",
        ),
    ),
)
