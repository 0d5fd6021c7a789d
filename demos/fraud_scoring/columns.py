"""The table of transactions: what may stand in a file, and what it becomes."""

import polars as pl

from demos.core.tables import Column, Kind, Table

COLUMNS = (
    Column(
        "time",
        "Date and time",
        Kind.TIME,
        required=True,
        synonyms=(
            *("TX_DATETIME", "timestamp", "datetime", "transaction_time", "transaction_datetime"),
            *("trans_date_trans_time", "transaction_date", "date_time", "tx_time", "event_time"),
            *("posting_date", "booking_date", "created_at", "date", "Datum", "Zeitpunkt"),
            *("Buchungsdatum", "unix_time", "TransactionDT", "trans_date", "purchase_date", "ts"),
        ),
        example=("2025-05-01 08:15:00", "2025-05-01 09:02:30", "2025-05-02 18:40:12"),
        note="In one time zone throughout, or each with its offset.",
    ),
    Column(
        "card",
        "Card number",
        Kind.TEXT,
        required=True,
        synonyms=(
            *("CUSTOMER_ID", "card_id", "card_number", "cc_num", "customer", "client_id"),
            *("account_id", "account", "account_number", "nameOrig", "card_no", "pan", "user_id"),
            *("cardholder_id", "card1", "user", "client", "sender_account", "Kunde", "Karte"),
            *("Kartennummer", "Kundennummer", "cust_id", "customerId", "holder", "token"),
        ),
        example=("C-1001", "C-1002", "C-1001"),
        note="Any identifier of the card or customer, best a token: the number itself is not "
        "needed.",
    ),
    Column(
        "terminal",
        "Terminal or merchant",
        Kind.TEXT,
        required=True,
        synonyms=(
            *("TERMINAL_ID", "merchant_id", "merchant", "terminal_number", "merchant_name"),
            *("shop", "shop_id", "nameDest", "payee", "pos_id", "store_id", "store", "mid", "tid"),
            *("vendor", "vendor_id", "merchant_number", "Händler", "Haendler", "device_id", "pos"),
        ),
        example=("T-2001", "T-2002", "T-2001"),
        note="Where the card was used.",
    ),
    Column(
        "amount",
        "Amount",
        Kind.NUMBER,
        required=True,
        synonyms=(
            *("TX_AMOUNT", "amt", "transaction_amount", "TransactionAmt", "value", "price"),
            *("transaction_value", "sum", "total", "Betrag", "Umsatz", "purchase_amount"),
            *("tx_value", "amount_eur", "amount_usd", "payment_amount"),
        ),
        example=("24.90", "119.00", "7.35"),
        note="In one currency, not negative: leave refunds out.",
        minimum=0.0,
        maximum=1e9,
    ),
    Column(
        "id",
        "Transaction number",
        Kind.TEXT,
        required=False,
        synonyms=(
            *("TRANSACTION_ID", "trans_num", "tx_id", "transaction_number", "TransactionID"),
            *("trans_id", "transaction", "reference", "payment_id", "uuid"),
        ),
        example=("1", "2", "3"),
        note="To find a row again; no two alike.",
        unique=True,
    ),
    Column(
        "fraud",
        "Known to be fraud",
        Kind.FLAG,
        required=False,
        synonyms=(
            *("TX_FRAUD", "is_fraud", "isFraud", "class", "label", "fraudulent", "target"),
            *("fraud_label", "is_fraudulent", "fraud_flag", "fraud_status", "Betrug"),
        ),
        example=("0", "1", ""),
        note="1 or 0, empty where nobody knows yet. Used for what is known about a terminal "
        "7 days later, and to measure the scores.",
        true_words=("fraud", "fraudulent", "confirmed", "confirmed fraud", "chargeback"),
        false_words=("legit", "legitimate", "genuine", "normal", "ok", "not fraud", "no fraud"),
    ),
    Column(
        "scenario",
        "Kind of fraud in the simulator",
        Kind.INTEGER,
        required=False,
        synonyms=("TX_FRAUD_SCENARIO", "fraud_scenario"),
        example=("0", "2", ""),
        note="Only simulated data have it; leave it out.",
        allowed=(0, 1, 2, 3),
    ),
)


def transactions(table: Table) -> pl.DataFrame:
    """The table sorted by (time, row), with a number for every transaction that has none.

    `row` UInt32, `id` String, `time` Datetime("us"), `card` String, `terminal` String, `amount`
    Float64, `fraud` Int8, `scenario` Int8; the last two null where nothing is known.
    """
    return arranged(table.frame)


def arranged(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col("row").cast(pl.UInt32),
        pl.coalesce(pl.col("id"), pl.col("row").cast(pl.String)).alias("id"),
        pl.col("time").cast(pl.Datetime("us")),
        pl.col("card").cast(pl.String),
        pl.col("terminal").cast(pl.String),
        pl.col("amount").cast(pl.Float64),
        pl.col("fraud").cast(pl.Int8),
        pl.col("scenario").cast(pl.Int8),
    ).sort("time", "row")


def from_handbook(frame: pl.DataFrame) -> pl.DataFrame:
    """The handbook's own files, typed and complete, as transactions; `row` counts from 1."""
    return arranged(
        frame.with_row_index("row", 1).select(
            "row",
            pl.col("TRANSACTION_ID").cast(pl.String).alias("id"),
            pl.col("TX_DATETIME").alias("time"),
            pl.col("CUSTOMER_ID").alias("card"),
            pl.col("TERMINAL_ID").alias("terminal"),
            pl.col("TX_AMOUNT").alias("amount"),
            pl.col("TX_FRAUD").alias("fraud"),
            pl.col("TX_FRAUD_SCENARIO").alias("scenario"),
        )
    )
