"""The fixed parts of an xlsx file (ECMA-376, SpreadsheetML), and how a text stands in one."""

import re
from typing import Final

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PLAIN, GUARDED, BOLD, NUMBERS = 0, 1, 2, 3
"""Styles of cells: a text, one that begins like a formula, a heading, a number without decimal places."""
PLACES: Final = 6
"""Decimal places for which there is a style; `NUMBERS + n` shows n of them."""

FORMATS = "".join(
    f'<numFmt numFmtId="{163 + places}" formatCode="0.{"0" * places}"/>' for places in range(1, PLACES + 1)
)
NUMBER_STYLES = (
    '<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    + "".join(
        f'<xf numFmtId="{163 + places}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for places in range(1, PLACES + 1)
    )
)

STYLES: Final = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{PLACES}">{FORMATS}</numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{NUMBERS + PLACES + 1}"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    f"{NUMBER_STYLES}</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def fixed_parts(sheets: int, names: tuple[str, ...]) -> dict[str, str]:
    """Return the parts beside the sheets, by their path in the file."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="{names[n - 1]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for n in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{sheets + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }


UNWRITTEN: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, or would change; and what reads as the spelling of such a sign."""


def xml_text(text: str) -> str:
    """Return a text as XML holds it; other signs are spelt `_x000D_` (ECMA-376, ST_Xstring)."""
    spelt = UNWRITTEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return spelt.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
