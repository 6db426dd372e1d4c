//! Where fonts are: in the binary, on the machine, in a folder that an operator names.
use super::Face;
use crate::FormError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Font files read at most from a folder that an operator names.
const MOST_FILES: usize = 32;
/// Folders looked through at most.
const MOST_FOLDERS: usize = 200;
/// Largest font file read, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Regular, bold, and one with the kanji that those lack.
#[cfg(bundled_fonts)]
pub(super) fn main() -> Result<Vec<Face>, FormError> {
    macro_rules! face {
        ($path:literal) => {
            Face::bundled(include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/fonts/node_modules/@expo-google-fonts/",
                $path
            )))
        };
    }
    Ok(vec![
        face!("biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf")?,
        face!("biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf")?,
        face!("noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf")?,
    ])
}

/// What Debian and others install, best first: the first family that is there serves.
#[cfg(not(bundled_fonts))]
pub(super) fn main() -> Result<Vec<Face>, FormError> {
    const FAMILIES: [(&str, &str); 4] = [
        ("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"),
        // The first face of these collections is the Japanese one.
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
        ("ipaexg.ttf", ""),
        ("ipag.ttf", ""),
    ];
    let mut files = Vec::new();
    for folder in ["/usr/share/fonts", "/usr/local/share/fonts"] {
        collect(Path::new(folder), &mut files);
    }
    let find = |wanted: &str| files.iter().find(|path| path.file_name().is_some_and(|name| name == wanted));
    for (regular, bold) in FAMILIES {
        if let Some(path) = find(regular) {
            return std::iter::once(path).chain(find(bold)).map(|path| read(path)).collect();
        }
    }
    Ok(Vec::new())
}

/// Every font in a folder, in the order of the names.
pub(super) fn extra(folder: Option<&Path>) -> Result<Vec<Face>, FormError> {
    let mut files = Vec::new();
    if let Some(folder) = folder {
        collect(folder, &mut files);
    }
    let is_font = |path: &PathBuf| {
        let kind = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        kind.is_some_and(|kind| ["ttf", "otf", "ttc"].contains(&kind.as_str()))
    };
    files.into_iter().filter(is_font).take(MOST_FILES).map(|path| read(&path)).collect()
}

fn read(path: &Path) -> Result<Face, FormError> {
    let unusable = || FormError::Font(path.to_owned());
    let size = std::fs::metadata(path).map_err(|_| unusable())?.len();
    if size > MOST_BYTES {
        return Err(unusable());
    }
    let bytes = std::fs::read(path).map_err(|_| unusable())?;
    Face::read(&Arc::new(bytes), 0, path)
}

/// The files of a folder and of those in it, sorted.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut folders = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(next) = folders.pop() {
        seen += 1;
        if seen > MOST_FOLDERS {
            break;
        }
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files.sort();
}
