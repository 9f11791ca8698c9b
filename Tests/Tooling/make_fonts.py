#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small fonts that the tests of typesetting set their texts with.

Usage: python3 Tests/Tooling/make_fonts.py [FOLDER OF FONTS]

Needs fonttools and uharfbuzz (PyPI), and the fonts of Debian's packages fonts-noto-core, fonts-noto-cjk and
fonts-noto-color-emoji below the folder, which is /usr/share/fonts if none is named. Each font keeps the characters of its
texts in Tests/TypesettingTests/Fonts/texts.json, what its rules make of them, and nothing else. Other versions of the fonts
have other shapes: the goldens have to be recorded again then.
"""

import json
import sys
from pathlib import Path

import uharfbuzz
from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parent.parent / "TypesettingTests" / "Fonts"

# Each file: where it comes from, its number in a collection, and the texts that it has to have.
FONTS = {
    "latin.ttf": ("truetype/noto/NotoSans-Regular.ttf", -1, ["latin", "greek", "cyrillic", "zalgo"]),
    "serif.ttf": ("truetype/noto/NotoSerif-Regular.ttf", -1, ["ligatures"]),
    "arabic.ttf": ("truetype/noto/NotoNaskhArabic-Regular.ttf", -1, ["arabic", "bidi left", "bidi right"]),
    "hebrew.ttf": ("truetype/noto/NotoSansHebrew-Regular.ttf", -1, ["hebrew", "bidi left", "bidi right"]),
    "devanagari.ttf": ("truetype/noto/NotoSansDevanagari-Regular.ttf", -1, ["devanagari"]),
    "thai.ttf": ("truetype/noto/NotoSansThai-Regular.ttf", -1, ["thai", "thai lines"]),
    "thai-whole.ttf": ("truetype/noto/NotoSansThai-Regular.ttf", -1, ["thai am"]),
    "japanese.otf": ("opentype/noto/NotoSansCJK-Regular.ttc", 0, ["japanese", "han"]),
    "korean.otf": ("opentype/noto/NotoSansCJK-Regular.ttc", 1, ["korean"]),
    "chinese.otf": ("opentype/noto/NotoSansCJK-Regular.ttc", 2, ["chinese"]),
    "emoji.ttf": ("truetype/noto/NotoColorEmoji.ttf", -1, ["emoji", "flags"]),
}


# What HarfBuzz draws in the place of a character, although the font has a glyph for it: Thai's “am” is taken apart.
PARTS = {"\u0E33": "\u0E4D\u0E32"}
# A font that has no glyph for a half of it, as some fonts of the web have none.
WITHOUT_PARTS = {"thai-whole.ttf"}


def glyphs_of(path, texts):
    """Returns the names of the glyphs that texts are drawn with."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    font, names = uharfbuzz.Font(face), TTFont(path).getGlyphOrder()
    found = set()
    for text in texts:
        for word in text.split(" "):
            buffer = uharfbuzz.Buffer()
            buffer.add_str(word)
            buffer.guess_segment_properties()
            uharfbuzz.shape(font, buffer)
            found |= {names[info.codepoint] for info in buffer.glyph_infos}
    return found


def write(name, source, number, texts):
    options = subset.Options()
    options.layout_features = ["*"]
    options.layout_scripts = ["*"]
    options.name_IDs = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.font_number = number
    options.drop_tables += ["DSIG", "meta"]
    options.glyph_names = False
    # Any two people make a family, and any two letters a flag: of those only the glyphs that are needed are kept.
    is_emoji = name.startswith("emoji")
    options.layout_closure = not is_emoji
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    text = "".join(texts)
    if name not in WITHOUT_PARTS:
        text += "".join(PARTS.get(character, "") for character in text)
    subsetter.populate(text=text, glyphs=glyphs_of(source, texts) if is_emoji else [])
    subsetter.subset(font)
    subset.save_font(font, str(OUT / name), options)
    print(f"{name}: {(OUT / name).stat().st_size} bytes, {len(font.getGlyphOrder())} glyphs")


def main():
    fonts = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts")
    texts = json.loads((OUT / "texts.json").read_text())
    for name, (source, number, keys) in FONTS.items():
        write(name, fonts / source, number, [texts[key] for key in keys])


main()
