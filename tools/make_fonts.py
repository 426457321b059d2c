"""Make the fonts beside the library from the @fontsource packages on npm (needs npm, fonttools and brotli).

`python tools/make_fonts.py` writes movie_recsys/fonts/*.ttf. Every font is licensed under the SIL Open Font
License 1.1, which lets them be cut down and passed on under the same licence, as movie_recsys/fonts/README.md
records. What is cut: weights other than the one used, letters that another of the fonts has, hints, and for
Chinese, Japanese and Korean the rare characters and the precision that a poster does not need.
"""
import subprocess
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

OUT = Path(__file__).resolve().parents[1]/"movie_recsys"/"fonts"
VERSION = "5.3.0"
SCRIPTS = "arabic armenian bengali devanagari georgian gujarati gurmukhi hebrew kannada malayalam tamil telugu thai".split()


def unpack(name: str, folder: Path) -> Path:
    "The files of an npm package of fonts"
    subprocess.run(["npm", "pack", "--silent", f"@fontsource/{name}@{VERSION}"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["tar", "xzf", f"fontsource-{name}-{VERSION}.tgz", "--one-top-level=" + name, "--strip-components=1"],
                   cwd=folder, check=True)
    return folder/name/"files"


def encoded(codec: str, first: range, second=range(0xA1, 0xFF)) -> set[str]:
    "The characters that two bytes of `codec` stand for"
    out = set()
    for a in first:
        for b in second:
            try: out.add(bytes([a, b]).decode(codec))
            except UnicodeDecodeError: pass
    return {c for c in out if ord(c) >= 0x3400}


def common_han() -> set[str]:
    "The frequent characters of simplified and traditional Chinese and of Japanese, by the old standards' first levels"
    return (encoded("gb2312", range(0xB0, 0xD8)) | encoded("euc_jp", range(0xB0, 0xD0))
            | encoded("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]))


def write(font: TTFont, name: str, unicodes, features=("*",), upem: int | None = None):
    "Cut a font down to `unicodes` and write it"
    options = subset.Options(hinting=False, notdef_outline=True, glyph_names=False, layout_features=list(features))
    options.drop_tables += ["STAT", "gasp", "vhea", "vmtx", "BASE", "VORG"]
    options.name_IDs = [0, 1, 2, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=unicodes)
    cutter.subset(font)
    if upem: scale_upem(font, upem)
    font.flavor = None
    font.recalcTimestamp = False
    font.save(OUT/name)
    print(f"{name:40} {(OUT/name).stat().st_size:9,} bytes {len(font.getBestCmap()):6,} characters")


def main():
    "Make them all"
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as tmp:
        folder, parts = Path(tmp), []
        files = unpack("sofia-sans-condensed", folder)
        for part in ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek"):
            font = TTFont(files/f"sofia-sans-condensed-{part}-800-normal.woff2")
            font.flavor = None
            parts.append(folder/f"{part}.ttf")
            font.save(parts[-1])
        sofia = Merger().merge([str(p) for p in parts])
        have = set(sofia.getBestCmap())
        write(sofia, "0-SofiaSansCondensed-ExtraBold.ttf", have)
        for script in SCRIPTS:
            font = TTFont(unpack(f"noto-sans-{script}", folder)/f"noto-sans-{script}-{script}-700-normal.woff2")
            mine = {c for c in font.getBestCmap() if c < 0xFB00} - have | {0x20, 0x200C, 0x200D}
            write(font, f"1-NotoSans{script.title()}-Bold.ttf", mine, upem=500)
        font = TTFont(unpack("noto-sans-kr", folder)/"noto-sans-kr-korean-700-normal.woff2")
        write(font, "2-NotoSansKR-Bold.ttf", {0x20} | {ord(c) for c in encoded("euc_kr", range(0xB0, 0xC9))}, (), 250)
        font = TTFont(unpack("noto-sans-sc", folder)/"noto-sans-sc-chinese-simplified-700-normal.woff2")
        rest = {0x20, *range(0x3001, 0x3100), *range(0xFF01, 0xFF5F), *map(ord, "♡♥☆★♪→←↑↓■□●○◆◇△▽※♂♀")} - have
        write(font, "3-NotoSansSC-Bold.ttf", rest | {ord(c) for c in common_han()}, (), 250)


if __name__ == "__main__": main()
