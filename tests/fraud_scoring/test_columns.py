"""Files of transactions under the names that they go by, to the table that the demo works on."""

from datetime import datetime

import polars as pl
import pytest

from demos.core.settings import Settings
from demos.core.tables import preview, read, template
from demos.core.tables.columns import normalized
from demos.fraud_scoring.columns import COLUMNS, from_handbook, transactions

SCHEMA = {
    "row": pl.UInt32,
    "id": pl.String,
    "time": pl.Datetime("us"),
    "card": pl.String,
    "terminal": pl.String,
    "amount": pl.Float64,
    "fraud": pl.Int8,
    "scenario": pl.Int8,
}


def table_of(text: str) -> pl.DataFrame:
    data = text.encode()
    seen = preview(data, "x.csv", COLUMNS, Settings())
    assert seen.missing == (), seen.missing
    return transactions(read(data, "x.csv", COLUMNS, seen.layout, seen.mapping, Settings()))


HANDBOOK = (
    "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,"
    "TX_FRAUD,TX_FRAUD_SCENARIO\n"
    "0,2018-04-01 00:02:10,596,3156,57.16,130,0,0,0\n"
    "1,2018-04-01 00:00:31,4961,3412,281.51,31,0,1,1\n"
)


def test_the_handbooks_names() -> None:
    found = table_of(HANDBOOK)
    assert found.schema == SCHEMA
    assert found.rows() == [
        (3, "1", datetime(2018, 4, 1, 0, 0, 31), "4961", "3412", 281.51, 1, 1),
        (2, "0", datetime(2018, 4, 1, 0, 2, 10), "596", "3156", 57.16, 0, 0),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "timestamp,card_id,merchant_id,amount,is_fraud",
        "trans_date_trans_time,cc_num,merchant,amt,is_fraud",
        "Date,Account,Merchant,Value,Class",
        "datetime,nameOrig,nameDest,amount,isFraud",
        "Zeitpunkt,Kartennummer,Händler,Betrag,Betrug",
        "transaction_time,customer,shop,price,label",
    ],
)
def test_names_of_other_files(head: str) -> None:
    found = table_of(f"{head}\n2018-04-01 00:00:31,c,m,5.00,1\n")
    row = (2, "2", datetime(2018, 4, 1, 0, 0, 31), "c", "m", 5.0, 1, None)
    assert found.rows() == [row]


def test_without_labels_and_numbers() -> None:
    found = table_of("time,card,terminal,amount\n2018-04-02,c,m,0\n2018-04-01,c,m,1\n")
    assert found.schema == SCHEMA
    assert found["row"].to_list() == [3, 2], "by time"
    assert found["id"].to_list() == ["3", "2"]
    assert found["fraud"].null_count() == found["scenario"].null_count() == 2


def test_equal_times_keep_the_order_of_the_file() -> None:
    lines = "".join(f"2018-04-01,c{n},m,1\n" for n in range(200))
    assert table_of("time,card,terminal,amount\n" + lines)["row"].is_sorted()


def test_refunds_are_set_aside() -> None:
    data = b"time,card,terminal,amount\n2018-04-01,c,m,-5\n2018-04-01,c,m,5\n"
    seen = preview(data, "x", COLUMNS, Settings())
    found = read(data, "x", COLUMNS, seen.layout, seen.mapping, Settings())
    assert found.quarantine.reasons() == [("Amount is below 0", 1)]


def test_the_template_fits() -> None:
    found = table_of(template(COLUMNS).decode("utf-8-sig"))
    assert len(found) == 3 and found["fraud"].to_list() == [0, 1, None]


def test_no_two_columns_share_a_name() -> None:
    names = [name for each in COLUMNS for name in {normalized(name) for name in each.names}]
    assert len(names) == len(set(names))


def test_the_handbooks_own_files() -> None:
    frame = pl.DataFrame(
        {
            "TRANSACTION_ID": [0, 1],
            "TX_DATETIME": pl.Series(
                [datetime(2018, 4, 2), datetime(2018, 4, 1)], dtype=pl.Datetime("ns")
            ),
            "CUSTOMER_ID": [596, 4961],
            "TERMINAL_ID": [3156, 3412],
            "TX_AMOUNT": [57.16, 81.51],
            "TX_TIME_SECONDS": [31, 130],
            "TX_TIME_DAYS": [0, 0],
            "TX_FRAUD": pl.Series([0, 1], dtype=pl.Int8),
            "TX_FRAUD_SCENARIO": [0, 2],
        }
    )
    found = from_handbook(frame)
    assert found.schema == SCHEMA
    assert found["row"].to_list() == [2, 1] and found["card"].to_list() == ["4961", "596"]
    assert found["scenario"].to_list() == [2, 0]
