"""A letter as HTML that mail programs understand: one table, styles in the elements, no images.

Whatever is not a constant of this module is escaped. Colours follow light and dark where the
program lets them; otherwise everything is dark on white.
"""

from html import escape

from cme_reflex.domain.letter import Action, Block, Facts, Letter, Paragraph

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
_INK, _MUTED, _LINE, _GROUND = "#13201f", "#4a5958", "#dbe2e2", "#f5f7f7"
_BODY = f"margin:0 0 16px;{_FONT};font-size:16px;line-height:24px;color:{_INK}"
_SMALL = f"margin:0 0 4px;{_FONT};font-size:13px;line-height:19px;color:{_MUTED}"
# What the list of messages shows beside the subject, and the message itself does not.
_HIDDEN = "display:none;max-height:0;overflow:hidden;opacity:0;color:transparent"
_DARK = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #0d1414 !important; }
  .card { background: #151e1e !important; border-color: #2a3737 !important; }
  .ink, .ink a { color: #e9f0ef !important; }
  .muted, .muted a { color: #a9b8b7 !important; }
  .line { border-color: #2a3737 !important; }
}
"""
_TABLE = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'


def html(letter: Letter) -> str:
    """The letter as a whole document."""
    blocks = "\n".join(_block(block, letter.accent) for block in letter.blocks)
    footer = "\n".join(f'<p class="muted" style="{_SMALL}">{escape(x)}</p>' for x in letter.footer)
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(letter.subject)}</title>
<style>{_DARK}</style>
</head>
<body class="ground" style="margin:0;padding:0;background:{_GROUND}">
<div style="{_HIDDEN}">{escape(letter.preview)}</div>
{_TABLE} class="ground" style="background:{_GROUND}">
<tr><td align="center" style="padding:24px 12px">
{_TABLE} style="max-width:560px">
<tr><td style="padding:0 4px 12px">
<p class="ink" style="margin:0;{_FONT};font-size:15px;line-height:20px;color:{_INK}"><strong>\
{escape(letter.meeting)}</strong> <span class="muted" style="color:{_MUTED}">CME claim</span></p>
</td></tr>
<tr><td class="card" style="background:#ffffff;border:1px solid {_LINE};border-radius:10px;\
padding:28px 24px 12px">
<h1 class="ink" style="margin:0 0 20px;{_FONT};font-size:24px;line-height:30px;font-weight:650;\
letter-spacing:-0.011em;color:{_INK}">{escape(letter.heading)}</h1>
<p class="ink" style="{_BODY}">{escape(letter.greeting)}</p>
{blocks}
</td></tr>
<tr><td style="padding:20px 4px 0">
{footer}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def _block(block: Block, accent: str) -> str:
    match block:
        case Paragraph(text):
            return f'<p class="ink" style="{_BODY}">{escape(text)}</p>'
        case Facts(rows):
            inside = "\n".join(_fact(name, value) for name, value in rows)
            return f'{_TABLE} style="margin:0 0 20px">\n{inside}\n</table>'
        case Action(label=label, url=url):
            return _action(label, url, accent)


def _fact(name: str, value: str) -> str:
    cell = f"padding:10px 0;border-bottom:1px solid {_LINE};{_FONT};font-size:15px;line-height:21px"
    return (
        f'<tr><td class="muted line" style="{cell};color:{_MUTED};padding-right:16px">'
        f'{escape(name)}</td><td class="ink line" align="right" style="{cell};color:{_INK};'
        f'font-weight:600;font-variant-numeric:tabular-nums">{escape(value)}</td></tr>'
    )


def _action(label: str, url: str, accent: str) -> str:
    # The padding belongs to the link, so that all of the button can be tapped.
    button = (
        f"display:inline-block;padding:12px 24px;border-radius:999px;background:{escape(accent)};"
        f"{_FONT};font-size:17px;line-height:22px;font-weight:600;color:#ffffff;"
        "text-decoration:none"
    )
    return (
        f'<p style="margin:4px 0 12px"><a href="{escape(url)}" style="{button}">'
        f"{escape(label)}</a></p>\n"
        f'<p class="muted" style="{_SMALL};margin-bottom:20px;word-break:break-all">'
        f"{escape(url)}</p>"
    )
