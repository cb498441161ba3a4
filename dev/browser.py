"""What tests and screenshots need of the system: browser, fonts, PDF tools."""

from .packages import install
from .shell import Missing, output, say, which

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHINESE_FONT = "fonts-noto-cjk"


def require() -> str:
    """Return the browser; browser tests are never skipped for want of it."""
    wanted = []
    if not which(*BROWSERS):
        wanted.append("chromium")
    if not has_chinese_font():
        wanted.append(CHINESE_FONT)
    if wanted:
        install(*wanted, purpose="the browser and a Chinese font for the tests")
    browser = which(*BROWSERS)
    if not browser:
        raise Missing("Chromium is missing, the browser tests can't run without it.")
    return browser


def has_chinese_font() -> bool:
    """Return whether a font for Chinese text is installed."""
    return bool(output("fc-list", ":lang=zh-cn", "family"))


def require_pdf() -> None:
    """Install what makes PDF reports; without it reports come out as HTML."""
    wanted = []
    if not which("wkhtmltopdf"):
        wanted.append("wkhtmltopdf")
    if not which("pdftotext"):
        wanted.append("poppler-utils")
    if not wanted:
        return
    try:
        install(*wanted, purpose="the PDF tools")
    except Missing as error:
        say(f"Going on without PDF reports. {error}")
