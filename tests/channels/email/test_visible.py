"""What the author wrote now, in many languages and after many programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import visible

ANSWER = "Thanks, that works.\n\nBest,\nMaryam"
PERSIAN = "سلام،\nسفارش ۱۲۳۴۵ هنوز نرسیده است.\n\nبا تشکر\nمریم"

ANNOUNCEMENTS = [
    "On Mon, Jan 5, 2026 at 10:12 AM Support <help@shop.example> wrote:",
    "On 2026-01-05 10:12, Support wrote:",
    "On Mon, Jan 5, 2026 at 10:12 AM Very Long Name of a Support Desk <\nhelp@shop.example> wrote:",
    "On Mon, 5 Jan 2026 at 10:12, Support\n<help@shop.example>\nwrote:",
    "2026-01-05 10:12 GMT+03:30 Support <help@shop.example>:",
    "Support <help@shop.example> wrote:",
    "---- On Mon, 05 Jan 2026 10:12:00 +0330 Support <help@shop.example> wrote ----",
    "Le lun. 5 janv. 2026 à 10:12, Support <help@shop.example> a écrit :",
    "Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Support <help@shop.example>:",
    "Support <help@shop.example> schrieb am Mo., 5. Jan. 2026, 10:12:",
    "El lun, 5 ene 2026 a las 10:12, Support (<help@shop.example>) escribió:",
    "Il giorno lun 5 gen 2026 alle ore 10:12 Support <help@shop.example> ha scritto:",
    "Em seg., 5 de jan. de 2026 às 10:12, Support <help@shop.example> escreveu:",
    "Op ma 5 jan 2026 om 10:12 schreef Support <help@shop.example>:",
    "Den mån 5 jan. 2026 kl 10:12 skrev Support <help@shop.example>:",
    "man. 5. jan. 2026 kl. 10.12 skrev Support <help@shop.example>:",
    "ma 5. tammik. 2026 klo 10.12 Support (help@shop.example) kirjoitti:",
    "pon., 5 sty 2026 o 10:12 Support <help@shop.example> napisał(a):",
    "пн, 5 янв. 2026 г. в 10:12, Support <help@shop.example>:",
    "5 января 2026 г. 10:12 пользователь Support <help@shop.example> написал:",
    "пн, 5 січ. 2026 р. о 10:12 Support <help@shop.example> пише:",
    "5 Oca 2026 Pzt 10:12 tarihinde Support <help@shop.example> şunu yazdı:",
    "Vào 10:12, Th 2, 5 thg 1, 2026 Support <help@shop.example> đã viết:",
    "在 2026年1月5日 10:12，Support <help@shop.example> 写道：",
    "2026年1月5日(月) 10:12 Support <help@shop.example>:",
    "2026년 1월 5일 (월) 오전 10:12, Support <help@shop.example>님이 작성:",
    "ב-יום ב׳, 5 בינו׳ 2026 ב-10:12 מאת Support <help@shop.example>:",
    "\u202bفي الاثنين، 5 يناير 2026 في 10:12 ص تمت كتابة ما يلي بواسطة Support <help@shop.example>:\u202c",
    "بتاريخ ٥ يناير ٢٠٢٦ ١٠:١٢ كتب Support:",
]

PERSIAN_ANNOUNCEMENTS = [
    "در تاریخ دوشنبه ۵ ژانویهٔ ۲۰۲۶ ساعت ۱۰:۱۲ پشتیبانی <help@shop.example> نوشت:",
    "\u202bدر تاریخ دوشنبه ۱۵ دی ۱۴۰۴، ۱۰:۱۲ پشتیبانی <\u202ahelp@shop.example\u202c> نوشت:\u202c",
    "در دوشنبه ۵ ژانویه ۲۰۲۶ در ۱۰:۱۲ قبل‌ازظهر، پشتیبانی <help@shop.example> نوشت:",
    "در تاریخ دوشنبه ۵ ژانویه ۲۰۲۶، ۱۰:۱۲ پشتیبانی <\nhelp@shop.example> نوشته است:",
    "On Monday, January 5, 2026, 10:12:41 AM GMT+3:30, پشتیبانی <help@shop.example> wrote:",
    "پشتیبانی <help@shop.example> در تاریخ ۱۴۰۴/۱۰/۱۵ ۱۰:۱۲ نوشت:",
    "روز دوشنبه ۱۵ دی ۱۴۰۴ ساعت ۱۰:۱۲، پشتیبانی نوشت:",
]

BLOCKS = [
    "From: Support <help@shop.example>\nSent: Monday, January 5, 2026 10:12 AM\nTo: Maryam\nSubject: RE: Order",
    "______________\nFrom: Support <help@shop.example>\nSent: 05 January 2026 10:12\nTo: M\nSubject: x",
    "*From:* Support <help@shop.example>\n*Date:* Monday, 5 January 2026\n*To:* M\n*Subject:* x",
    "Von: Support <help@shop.example>\nGesendet: Montag, 5. Januar 2026 10:12\nAn: Maryam\nBetreff: AW: Order",
    "De : Support <help@shop.example>\nEnvoyé : lundi 5 janvier 2026 10:12\nÀ : Maryam\nObjet : RE: Order",
    "De: Support <help@shop.example>\nEnviado el: lunes, 5 de enero de 2026 10:12\nPara: Maryam\nAsunto: RE: Order",
    "От: Support <help@shop.example>\nОтправлено: 5 января 2026 г. 10:12\nКому: Maryam\nТема: Order",
    "发件人: Support <help@shop.example>\n发送时间: 2026年1月5日 10:12\n收件人: Maryam\n主题: 回复: Order",
    "Kimden: Support <help@shop.example>\nGönderildi: 5 Ocak 2026 Pazartesi 10:12\nKime: Maryam\nKonu: Order",
    "از: پشتیبانی <help@shop.example>\nارسال شده: دوشنبه ۱۵ دی ۱۴۰۴ ۱۰:۱۲\nبه: مریم\nموضوع: پاسخ: سفارش",
    "از: پشتیبانی\nتاریخ: ۱۴۰۴/۱۰/۱۵\nبه: مریم\nموضوع: سفارش",
    "فرستنده: پشتیبانی <help@shop.example>\nتاریخ: دوشنبه ۵ ژانویه ۲۰۲۶\nگیرنده: مریم\nموضوع: سفارش",
    "من: الدعم <help@shop.example>\nتم الإرسال: ٥ يناير ٢٠٢٦ ١٠:١٢\nإلى: مريم\nالموضوع: طلب",
    "-----Original Message-----\nFrom: Support\nTo: Maryam",
    "----- پیام اصلی -----\nاز: پشتیبانی",
    "---------- پیام بازارسالی ----------\nاز: پشتیبانی",
    "-------- Исходное сообщение --------\nОт: Support",
]

SENT_FROM = [
    "Sent from my iPhone",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Envoyé de mon iPhone",
    "Von meinem iPhone gesendet",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "发自我的 iPhone",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
    "ارسال شده از آیفون من",
    "ارسال‌شده از آیفون من",
    "فرستاده شده از تلفن سامسونگ من",
    "أُرسلت من الـ iPhone",
    "נשלח מה-iPhone שלי",
]


@pytest.mark.parametrize("answer", [ANSWER, PERSIAN])
@pytest.mark.parametrize("announcement", [*ANNOUNCEMENTS, *PERSIAN_ANNOUNCEMENTS])
def test_an_announced_quote_is_not_visible(answer: str, announcement: str) -> None:
    marked = f"{answer}\n\n{announcement}\n\n> Dear customer,\n> we are looking into it.\n"
    assert visible.split(marked).visible == answer
    bare = f"{answer}\n\n{announcement}\n\nDear customer,\nwe are looking into it.\n"
    found = visible.split(bare)
    assert found.visible == answer
    assert "we are looking into it." in found.quoted


@pytest.mark.parametrize("answer", [ANSWER, PERSIAN])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_header_fields_begins_a_quote(answer: str, block: str) -> None:
    found = visible.split(f"{answer}\n\n{block}\n\nDear customer,\nwe are looking into it.\n")
    assert found.visible == answer
    assert "we are looking into it." in found.quoted


@pytest.mark.parametrize("line", SENT_FROM)
def test_the_line_of_a_telephone_is_not_visible(line: str) -> None:
    assert visible.split(f"{PERSIAN}\n\n{line}\n").visible == PERSIAN


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, I like it.\nWe talked on Monday.",
        "I bought two things:\n- a lamp\n- a chair",
        "Sent from my desk, this is much easier than on my telephone.",
        "My address: Tehran, Valiasr 12\nFrom: the north gate",
        "به نظر من قیمت: ۱۲۰۰ تومان است.\nاز: ساعت ۹ تا ۱۷ هستم.",
        "در تاریخ ۱۲ دی سفارش دادم و نرسید.",
        "The invoice of 2026-01-05 10:12 says:\n  12 pieces",
        "a > b and b < c\nx | y",
    ],
)
def test_prose_that_looks_like_it_stays(text: str) -> None:
    assert visible.split(text).visible == text


def test_answers_between_quotes_stay_with_the_quotes() -> None:
    text = "Hi,\n\nOn 1 May 2026 at 10:00, Ali <a@b.example> wrote:\n> One?\nYes.\n> Two?\nNo.\n"
    assert visible.split(text).visible == "Hi,\n\n> One?\nYes.\n> Two?\nNo."


def test_an_answer_below_the_quote_is_the_answer() -> None:
    text = "On 1 May 2026 at 10:00, Ali <a@b.example> wrote:\n> One?\n\nYes, of course.\n"
    assert visible.split(text).visible == "Yes, of course."


def test_a_signature_after_two_dashes_is_not_visible() -> None:
    found = visible.split("Hello\n\n-- \nMaryam\n+98 21 123\n")
    assert (found.visible, found.quoted) == ("Hello", "-- \nMaryam\n+98 21 123")


def test_code_between_fences_is_not_cut() -> None:
    text = "See:\n\n```\n####\n> x\n--\n```\n\nThanks"
    assert visible.split(text).visible == text


@pytest.mark.parametrize("text", ["> only\n> a quote", "Sent from my iPhone", "On 1 May 2026 at 10:00, A wrote:"])
def test_where_nothing_would_be_left_everything_is_shown(text: str) -> None:
    assert visible.split(text) == visible.Split(visible=text, quoted="")


@given(
    st.lists(
        st.sampled_from([*ANNOUNCEMENTS, *SENT_FROM, "> q", "", "text", "-- ", "From: a <a@b.c>", "To: x", "```"]),
        max_size=25,
    )
)
def test_no_line_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = visible.split(text)
    together = (found.visible + "\n" + found.quoted).split()
    assert sorted(together) == sorted(text.replace("\u2028", " ").split())
    assert bool(found.visible) == bool(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "On " * 40_000,
        "On 1 May 2026 " * 10_000 + "\n",
        "> " * 60_000,
        "a>" * 60_000,
        "From: " * 20_000,
        ("From: x\n" + "y\n") * 15_000,
        "On 1 May 2026, x\n" * 8_000,
        "```\n" * 30_000,
        "-" * 120_000 + "x",
        " " * 120_000 + "x",
        ("t\n\n" * 10 + "> q\n") * 4_000,
        "<" * 50_000 + "@" * 50_000,
        "[a](b" * 25_000,
    ],
)
def test_the_time_grows_with_the_text_only(text: str) -> None:
    # Not timed: a pattern that backtracks on these would not end within the suite's own limit.
    assert visible.split(text).visible
