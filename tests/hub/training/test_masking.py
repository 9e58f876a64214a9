"""Personal data never becomes an example, and what is nobody's stays: both ways, sentence by sentence."""

from __future__ import annotations

import pytest

from bot.persian import normalise
from bot.training.data import Example, text_problem
from bot.training.nlu_yaml import marked, unmarked
from hub.training.masking import masked, masked_example


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("call me at 0912 345 67 89 please", "call me at 0000 000 00 00 please"),
        ("کارتم ۶۰۳۷-۹۹۷۵-۱۲۳۴-۵۶۷۸ است", "کارتم 0000-0000-0000-0000 است"),
        ("+98 (21) 8888-1234", "+00 (00) 0000-0000"),
        ("order 12345 for 2 people in 1403", "order 00000 for 2 people in 1403"),
        ("write to ali.rezaei@mail.example.ir!", "write to name@example.com"),
        ("see https://bank.example/x?token=1 now", "see https://example.com now"),
        ("IR120570028780010633300101", "IR000000000000000000000000"),
        ("my telegram is @ali_r_1990", "my telegram is @name"),
        ("کارت ۶۰۳۷/۹۹۱۱/۱۲۳۴/۵۶۷۸", "کارت 0000/0000/0000/0000"),
        ("6037–9911–1234–5678, 6037_9911_1234_5678", "0000–0000–0000–0000, 0000_0000_0000_0000"),
        ("6037، 9911، 1234، 5678", "0000، 0000، 0000، 0000"),
        ("شبا IR12 0170 0000 0012 3456 7890 12", "شبا IR00 0000 0000 0000 0000 0000 00"),
        ("کد ملی ۰۰۱-۲۳۴۵۶۷-۸ و 0912 - 345 - 6789", "کد ملی 000-000000-0 و 0000 - 000 - 0000"),
        ("ali @ gmail.com or ali @gmail.com", "name@example.com or name@example.com"),
        ("t.me/ali_reza and instagram.com/ali", "https://example.com and https://example.com"),
        ("the sale of 1403/05/06 and/or 24/7", "the sale of 1403/05/06 and/or 24/7"),
        ("no secrets here, 50% off", "no secrets here, 50% off"),
        ("mail ali at gmail dot com now", "mail name@example.com now"),
        ("ali dot rezaei [at] mail [dot] ir", "name@example.com"),
        ("ایمیلم ali ات جیمیل دات کام است", "ایمیلم name@example.com است"),
        ("write to ali@gmail or sara at gmail.com", "write to name@example.com or name@example.com"),
        ("۰۹۱۲\u200c۳۴۵\u200c۶۷۸۹", "0000\u200c000\u200c0000"),
        ("٠٩١٢ ٣٤٥ ٦٧٨٩ و 0098 912 345 6789", "0000 000 0000 و 0000 000 000 0000"),
        ("ir12-0170-0000-0012-3456-7890-12", "ir00-0000-0000-0000-0000-0000-00"),
        ("GB29 NWBK 6016 1331 9268 19", "GB00 NWBK 0000 0000 0000 00"),
        ("my card 6037 9911 1234 5678 تومان", "my card 0000 0000 0000 0000 تومان"),
        ("شماره‌ام صفر نه یک دو سه چهار پنج شش هفت هشت نه است", "شماره‌ام 00000000000 است"),
        ("نهصد و دوازده سیصد و چهل و پنج شصت و هفت هشتاد و نه", "000000000"),
        ("call zero nine one two, three four five six", "call 00000000"),
    ],
)
def test_personal_data_is_masked_and_the_shape_stays(raw: str, kept: str) -> None:
    assert masked(raw) == kept
    assert masked(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2 روز دیگر می‌رسد",
        "10 درصد تخفیف",
        "قیمتش 150000 تومان است",
        "بین 100000 تا 250000 تومان",
        "it was $25000 or 1,500,000 rials",
        "1.500.000 is too much",
        "delivery on 2024-05-12 at 10:30",
        "از 1403/05/06 تا 1403/05/12",
        "sizes 36 38 40",
        "look at this dot and at the next",
        "meet me at example.com",
        "نه نه نه نه نه نه نه نه",
        "یک دو سه",
        "یک میلیون و دویست هزار تومان",
        "one or two people, three at most",
        "room 1204, floor 12",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("order [12345](order_number) of 0912 345 6789", "order [12345](order_number) of 0000 000 0000"),
        (
            "[1234567890](order_number), [987654321](order_number)",
            "[1234567890](order_number), [987654321](order_number)",
        ),
        ("x 77777 [6037-9911-1234-5678](n) y", "x 00000 [0000-0000-0000-0000](n) y"),
        (
            "[09123456789](n) [ali@mail.ir](m) [IR120170000000123456789012](n)",
            "[00000000000](n) [name@example.com](m) [IR000000000000000000000000](n)",
        ),
        (
            '[0499370899](n) and [me]{"entity": "m", "value": "ali@mail.ir"}',
            '[0000000000](n) and [me]{"entity": "m", "value": "name@example.com"}',
        ),
        ("ali at gmail dot com [12345](order_number)", "name@example.com [12345](order_number)"),
    ],
)
def test_inside_a_mark_only_what_belongs_to_a_person_goes(raw: str, kept: str) -> None:
    text, marks = masked_example(*unmarked(raw, "x"))
    assert marked(Example(text=text, intent="i", lang="en", marks=marks)) == kept
    assert masked_example(text, marks) == (text, marks)


def test_a_very_long_text_is_masked_and_judged_in_one_pass() -> None:
    for part in ("a", "a.b-", "[", "x\n", "\n"):  # the square of these would take minutes
        long = part * 200_000
        assert masked(long) == normalise(long)
        assert text_problem(long, "") is not None
