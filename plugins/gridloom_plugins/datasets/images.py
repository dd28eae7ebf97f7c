"""The data set `images`: a folder of pictures, in which each subfolder is a class."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Le

from gridloom import Data, Dataset, InputFolder, InvalidInput, Location, spelled
from gridloom_plugins.datasets.extras import needed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pixels = Annotated[int, Ge(1), Le(4096)]

MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")
"""How pictures of up to 8 bits a channel are held; of others, conversion would cut the values off."""


def load(path: InputFolder, size: tuple[Pixels, Pixels] | None = None, greyscale: bool = False) -> Data:
    """Read pictures in a folder with a subfolder for each class; `pip install 'gridloom[images]'`.

    `path` is relative to the experiment file. Features have shape (rows, height, width, channels) and are float32 from
    0 to 1: one grey channel with `greyscale`, else red, green and blue. `size` is the height and width to which all
    pictures are scaled (null: all have the same size already). Pictures are rotated according to their EXIF data, and
    transparency is ignored. Rows are in the order of the names of classes and files. A file that is not a picture is
    refused; hidden files are ignored.
    """
    import numpy as np

    with needed("PIL", "Pillow", "images"):
        import PIL.Image  # noqa: F401  (whoever opens pictures imports it again)
    classes = _folders(path)
    files = [(file, number) for number, folder in enumerate(classes) for file in _files(folder)]
    X = _features([file for file, _ in files], size, greyscale=greyscale)
    y = np.array([number for _, number in files])
    return Data(X, y, target_name="class", classes=tuple(folder.name for folder in classes))


def new_rows(
    path: Path, *, size: tuple[int, int] | None = None, greyscale: bool = False, **_: Any
) -> tuple[list[str], NDArray[np.float32]]:
    """The names and features of a picture, or of all in a folder and its subfolders, in the order of their names."""
    with needed("PIL", "Pillow", "images"):
        import PIL.Image  # noqa: F401
    if path.is_file():
        return [path.name], _features([path], size, greyscale=greyscale)
    names = [file.relative_to(path) for file in sorted(path.rglob("*")) if file.is_file()]
    names = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    if not names:
        raise InvalidInput.at(Location(str(path)), "this folder contains no pictures")
    return [str(name) for name in names], _features([path / name for name in names], size, greyscale=greyscale)


def _features(files: list[Path], size: tuple[int, int] | None, *, greyscale: bool) -> NDArray[np.float32]:
    """Pictures as floats from 0 to 1, of shape (rows, height, width, channels); InvalidInput where they differ in size."""
    import numpy as np

    pictures = [_pixels(file, size, greyscale=greyscale) for file in files]
    shape = pictures[0].shape
    for file, picture in zip(files, pictures, strict=True):
        if picture.shape != shape:
            sizes = f"{picture.shape[0]} x {picture.shape[1]} pixels, but {files[0].name} has {shape[0]} x {shape[1]}"
            message = f"this picture has {sizes}; scale all of them with {spelled('size', [*shape[:2]])}"
            raise InvalidInput.at(Location(str(file)), message)
    X = np.stack(pictures).astype(np.float32)
    X /= 255
    return X


def _folders(path: Path) -> list[Path]:
    """The subfolders by name; InvalidInput where there are none, or files beside them."""
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    folders = [entry for entry in entries if entry.is_dir()]
    if not folders:
        raise InvalidInput.at(
            Location(str(path)),
            "this folder has no subfolders; put the pictures of each class into their own subfolder",
        )
    if stray := [entry for entry in entries if not entry.is_dir()]:
        message = "this file is not in a subfolder, so its class is unknown; move it, or delete it"
        raise InvalidInput.at(Location(str(stray[0])), message)
    return folders


def _files(folder: Path) -> list[Path]:
    """The files of a class by name; InvalidInput where there are none, or folders among them."""
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    if not entries:
        raise InvalidInput.at(Location(str(folder)), "this class has no pictures; add some, or delete the folder")
    for entry in entries:
        if not entry.is_file():
            raise InvalidInput.at(
                Location(str(entry)), "this is not a picture; the folder of a class may contain only pictures"
            )
    return entries


def _pixels(file: Path, size: tuple[int, int] | None, *, greyscale: bool) -> NDArray[np.uint8]:
    """The pixels of a picture from 0 to 255, of shape (height, width, channels)."""
    import numpy as np
    from PIL import Image, ImageOps

    place = Location(str(file))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                if opened.mode not in MODES:
                    message = f"this picture has more than 8 bits a channel (its mode is {opened.mode}); convert it"
                    raise InvalidInput.at(place, message)
                turned: Any = ImageOps.exif_transpose(opened)
                picture = turned.convert("L" if greyscale else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput.at(place, f"this picture cannot be read: {' '.join(str(error).split())[:200]}") from None
    if size is not None and picture.size != (size[1], size[0]):
        picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels: NDArray[np.uint8] = np.asarray(picture)
    return pixels[..., None] if greyscale else pixels


DATASET = Dataset(
    name="images", summary="Pictures in a folder, a subfolder for each class.", load=load, new_rows=new_rows
)
