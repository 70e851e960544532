"""Images of signatures in a meeting folder."""

import io

from PIL import Image

from tests.support.files.folder_files import FolderFiles

SIGNATURE = '\n[[signatures]]\nimage = "{}"\nname = "Kim Chair, MD"\ntitle = "Chair"\n'


def png(
    ink: tuple[int, ...],
    paper: tuple[int, ...],
    size: tuple[int, int] = (90, 30),
    mode: str = "RGB",
) -> bytes:
    """A PNG with a stroke of ink on paper."""
    image = Image.new(mode, size, paper)
    image.paste(ink, (20, 10, 60, 20))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def signed(files: FolderFiles, name: str, content: bytes | None) -> FolderFiles:
    """The folder with a signature whose image is this file, or none."""
    files.texts["meeting.toml"] += SIGNATURE.format(name)
    files.write()
    if content is not None:
        (files.folder / name).write_bytes(content)
    return files
