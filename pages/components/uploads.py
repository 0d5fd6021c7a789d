"""A person's own files as the browser hands them over: images, ZIP archives, folders, the camera.

The files lie in Streamlit's memory as long as the widgets that took them show them.
"""

from collections.abc import Callable, Iterator

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from demos.core.batch_files import Given
from demos.core.settings import MIB, Settings

Take = Callable[[str], None]
"""Called with the key of the widget that has new files."""


def widget_key(slug: str, name: str) -> str:
    """The key of an upload widget; a new one after `drop`, for nothing else empties a widget."""
    dropped = st.session_state.get(f"{slug}.dropped", 0)
    return f"{slug}.{name}.{dropped}" if dropped else f"{slug}.{name}"


def drop(slug: str) -> None:
    """Let go of every uploaded file."""
    st.session_state[f"{slug}.dropped"] = st.session_state.get(f"{slug}.dropped", 0) + 1


def in_widget(key: str) -> list[UploadedFile]:
    found = st.session_state.get(key)
    return found if isinstance(found, list) else [found] if found else []


def given(key: str) -> list[Given]:
    """The files in one widget, unread."""
    return [Given(file.name, file.getvalue) for file in in_widget(key)]


def added(key: str) -> list[Given]:
    """Those that were not there when this was last asked: such a widget collects files."""
    files = in_widget(key)
    before = st.session_state.get(f"{key}.seen", frozenset())
    st.session_state[f"{key}.seen"] = frozenset(file.file_id for file in files)
    return [Given(file.name, file.getvalue) for file in files if file.file_id not in before]


def held(slug: str) -> Iterator[Given]:
    """Every file that is still here."""
    for name in ("upload", "folder", "camera"):
        yield from given(widget_key(slug, name))


def pickers(slug: str, what: str, largest: int, take: Take) -> None:
    """Where to drop files, an archive of them, or a folder: `largest` MiB each, as the browser
    minds."""
    with st.container(key="own_files"):
        files, folder = st.columns([2, 1], gap="medium")
    with files:
        key = widget_key(slug, "upload")
        st.file_uploader(
            f"{what}, or a ZIP archive of them",
            accept_multiple_files=True,
            key=key,
            on_change=take,
            args=(key,),
            max_upload_size=largest,
        )
    with folder:
        key = widget_key(slug, "folder")
        st.file_uploader(
            "Or a whole folder",
            accept_multiple_files="directory",
            key=key,
            on_change=take,
            args=(key,),
            max_upload_size=largest,
        )


def files_tab(slug: str, settings: Settings, take: Take, whole: bool) -> None:
    """Images, one or many, archives, or a whole folder; `whole` as in `choose_input`."""
    each = settings.max_image_bytes // MIB
    together = settings.max_session_upload_bytes // MIB
    largest = settings.max_archive_bytes // MIB
    seen = "" if whole else "The central square is used. "
    pickers(slug, "Images", largest, take)
    st.caption(
        f"PNG, JPEG, WebP, TIFF or DICOM, up to {each} MiB and "
        f"{settings.max_image_pixels / 1e6:.0f} megapixels each; a ZIP up to {largest} MiB; "
        f"{together} MiB altogether. {seen}Several files give a table with one row each."
    )


def camera_tab(slug: str, take: Take) -> None:
    """A photograph. The browser asks for the camera only once it is to be turned on."""
    st.caption(
        ":material/photo_camera: Works over HTTPS, or in a browser on the machine that runs this "
        "dashboard (localhost). A photo of a screen or of a print is not what the model was "
        "trained on."
    )
    if st.toggle("Turn the camera on", key=f"{slug}.camera_on"):
        key = widget_key(slug, "camera")
        st.camera_input("Take a picture", key=key, on_change=take, args=(key,), resolution="1080p")
