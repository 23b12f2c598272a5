"""The code of a message is found by rules: fifty texts that look real, in three languages, and the edges."""

from __future__ import annotations

import pytest

from otp_sandbox.domain.code_in_text import LOOKED_AT, find_code

TEXTS = {
    # Vietnamese, with marks and without
    "vi year before": ("Nam 2026: ma OTP cua ban la 482913", "482913"),
    "vi plain": ("Ma xac thuc cua ban la 482913. Khong chia se ma nay voi bat ky ai.", "482913"),
    "vi marks": ("Mã xác thực của bạn là 482913, có hiệu lực trong 5 phút.", "482913"),
    "vi code first": ("686868 la ma xac minh dang ky Baotrixemay cua ban", "686868"),
    "vi letters": ("1NTTJ6 la ma xac minh dang ky Baotrixemay cua ban", "1NTTJ6"),
    "vi order before": ("Don hang 20261128 cua quy khach can xac nhan. Ma OTP: 5721", "5721"),
    "vi order of the code": ("Ma OTP cho don hang 12345 la 482913", "482913"),
    "vi amount": ("Ban dang thanh toan 1.500.000d tai VNPAY. Ma OTP la 771204", "771204"),
    "vi amount plain": ("GD -500000 VND luc 14:35 28/11/2026. Nhap 662190 de xac nhan.", "662190"),
    "vi balance": ("TK 12345678 so du 2500000 VND. Mã giao dịch OTP: 900123", "900123"),
    "vi account": ("Ma OTP cho tai khoan 12345678 la 482913", "482913"),
    "vi for an account": ("Mã xác thực tài khoản: 482913", "482913"),
    "vi hotline before": ("Hotline 19001234. Ma kich hoat cua ban: 3391", "3391"),
    "vi hotline spaced": ("[ABC] Goi 1900 6868 de duoc ho tro. Ma bao mat cua ban la 04821", "04821"),
    "vi phone before": ("SDT 0901.888.484 vua dang nhap. Ma OTP: 118822", "118822"),
    "vi date before": ("Ngay 28/11/2026 luc 20:15 quy khach yeu cau ma OTP 730519", "730519"),
    "vi in two parts": ("Mã OTP: 482 913 (hết hạn sau 120 giây)", "482913"),
    "vi dashed": ("Ma dang nhap cua ban la 482-913", "482913"),
    "vi voucher": ("Nhap ma giam gia TET2026 de duoc giam 50000d", None),
    "vi delivered": ("Don hang 48291355 da giao thanh cong. Cam on quy khach!", None),
    "vi new year": ("Chuc mung nam moi 2026! Cong ty ABC kinh chuc quy khach an khang.", None),
    "vi advert": ("Uu dai 50% tu 01/12/2026. LH 19001234 hoac soan TUCHOI gui 8077", None),
    "vi warning": ("KHONG cung cap ma OTP cho bat ky ai, ke ca nhan vien ngan hang. Hotline: 18006789", None),
    "vi year as code": ("Ma PIN cua ban la 2026", "2026"),
    "vi link before": ("Truy cap https://abc.vn/kh/482913 hoac nhap ma OTP 5519", "5519"),
    "vi bank": ("VCB: OTP 123456 cho giao dich 5000000 VND tai Tiki luc 10:20 12/11/2026", "123456"),
    "vi right away": ("Dung ma 482913 ngay de xac thuc", "482913"),
    "vi topped up": ("Ban vua nap 50000 dong vao tai khoan 84901888484. TK chinh: 75000 dong.", None),
    "vi flight": ("Ma dat cho: ABC123. Chuyen bay VN1234 khoi hanh 06:30 12/12/2026", None),
    # English
    "en plain": ("Your verification code is 482913. It expires in 10 minutes.", "482913"),
    "en code first": ("482913 is your Acme verification code", "482913"),
    "en prefix": ("G-482913 is your Google verification code.", "482913"),
    "en dashed": ("Your WhatsApp code: 482-913\nDon't share this code with others", "482913"),
    "en in two parts": ("Use 482 913 to sign in to Acme.", "482913"),
    "en order": ("Order #48291 confirmed. Your one-time password is 7781", "7781"),
    "en order alone": ("Your order 482913 has shipped and arrives on 2026-12-01.", None),
    "en money": ("You are paying $1,250.00 to ACME. Your passcode: 331907", "331907"),
    "en card": ("Card ending in 4521: enter 882104 to approve 1200 USD", "882104"),
    "en year": ("Black Friday 2026 is here! Use promo code SAVE2026 at checkout.", None),
    "en retriever": ("<#> Your ExampleApp code is: 123ABC78\nFA+9qCX9VSu", "123ABC78"),
    "en bound": ("Sign in with the code below.\n\n@example.com #914207", "914207"),
    "en phone": ("Call +84 901 888 484 if you did not ask for code 6023.", "6023"),
    "en seconds": ("The session lasts 3600 seconds. Code 55120", "55120"),
    "en zip": ("Delivered to zip code 90210. Thank you!", None),
    "en package": ("Your package 48291375 arrives today between 14:00 and 16:00", None),
    "en card and code": ("Your PIN for card ending 1234 is 5678", "5678"),
    # Persian
    "fa plain": ("کد تایید شما: 482913", "482913"),
    "fa digits": ("کد تأیید شما: ۴۸۲۹۱۳", "482913"),
    "fa arabic digits": ("رمز یکبار مصرف: ٤٨٢٩١", "48291"),
    "fa code first": ("۴۸۲۹۱۳ کد ورود شما به دیجی است", "482913"),
    "fa amount": ("خرید به مبلغ ۱٬۵۰۰٬۰۰۰ ریال. رمز پویا: ۷۷۱۲۰۴", "771204"),
    "fa amount plain": ("مبلغ 250000 تومان، کد 4471", "4471"),
    "fa order": ("سفارش ۴۸۲۹۱۳۵ ثبت شد. کد رهگیری: ۹۹۸۸۷۷", None),
    "fa order and code": ("سفارش ۱۲۳۴۵ - کد تایید: ۴۸۲۹", "4829"),
    "fa date": ("تاریخ ۱۴۰۵/۰۹/۰۷ ساعت ۲۰:۱۵ کد ورود به حساب کاربری شما ۴۸۲۹۱۳", "482913"),
    "fa phone": ("با شماره ۰۲۱-۱۲۳۴۵۶۷۸ تماس بگیرید. کد فعال‌سازی: ۶۰۲۳", "6023"),
    "fa bank": ("بانک ملت\nرمز: 482913\nمبلغ: 2,500,000\n1405/09/07 12:30", "482913"),
    "fa balance": ("واریز ۱٬۲۰۰٬۰۰۰ ریال به حساب ۱۲۳۴۵۶۷۸ مانده ۵٬۰۰۰٬۰۰۰", None),
    "fa advert": ("جشنواره سال ۱۴۰۵ با ۵۰٪ تخفیف. لغو۱۱", None),
}


def test_there_are_fifty_texts() -> None:
    assert len(TEXTS) >= 50


@pytest.mark.parametrize(("text", "code"), TEXTS.values(), ids=TEXTS)
def test_the_code_of_a_real_looking_text_is_found(text: str, code: str | None) -> None:
    """Years, dates, amounts, orders and hotlines are none, wherever they stand; no code is None."""
    assert find_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Ma cua ban la 1234", "1234", id="four digits"),
        pytest.param("12345678 is it", "12345678", id="eight digits"),
        pytest.param("123 is too short", None, id="three digits"),
        pytest.param("123456789 is too long", None, id="nine digits"),
        pytest.param("call 0900000001 for 4711", "4711", id="not a phone number"),
        pytest.param("first 1111 then 2222", "1111", id="the first"),
        pytest.param("[TEST]123456", "123456", id="after a bracket"),
        pytest.param("code AB12CD ok", "AB12CD", id="a word of capitals and digits"),
        pytest.param("AB12CD ok", None, id="a word that nothing marks"),
        pytest.param("AB1 or ABCDEF or 12", None, id="words that are no code"),
        pytest.param("code: ab12cd", None, id="small letters"),
        pytest.param("code AB12CD, or 9876", "AB12CD", id="what is marked first"),
        pytest.param("A2345678901234567890", "A2345678901234567890", id="twenty characters and nothing else"),
        pytest.param("A23456789012345678901", None, id="twenty-one characters"),
        pytest.param(" 2026 ", "2026", id="a year and nothing else"),
        pytest.param("19001234", "19001234", id="a hotline and nothing else"),
        pytest.param("", None, id="nothing"),
        pytest.param("482 913 555", None, id="three groups"),
        pytest.param("code 4829 1355", "48291355", id="four and four, marked"),
        pytest.param("see 4829 1355", None, id="four and four, not marked"),
        pytest.param("card 4829 1355 2222 1111", None, id="a card"),
        pytest.param("DH-482913 is ready", None, id="a reference"),
        pytest.param("card ****4829", None, id="masked"),
        pytest.param("code for transaction 48291", "48291", id="an account's number, where there is nothing else"),
        pytest.param("transaction 48291", None, id="a transaction"),
        pytest.param("Your code:\n482913", "482913", id="on the next line"),
        pytest.param("Ma OTP: #482913", "482913", id="behind a number sign"),
        pytest.param("482.913", None, id="an amount"),
        pytest.param("5000 % and 5000%", None, id="a share"),
        pytest.param("کد 4821 %code%", "4821", id="before a place that nobody filled"),
        pytest.param("a@482913.com and 482913@b.com", None, id="addresses"),
        pytest.param("Mã OTP: 482913", "482913", id="marks apart from their letters"),
        pytest.param("code " + "y" * 70 + " 4711", "4711", id="as far as a mark reaches"),
    ],
)
def test_the_edges_of_the_rules(text: str, code: str | None) -> None:
    assert find_code(text) == code


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    code = "code: 4711"

    inside = "x " * ((LOOKED_AT - len(code)) // 2) + code
    outside = "x " * (LOOKED_AT // 2) + code

    assert (find_code(inside), find_code(outside)) == ("4711", None)
