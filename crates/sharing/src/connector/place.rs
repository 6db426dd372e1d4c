//! The folder: what lies where, moved and written whole or not at all.
use karute_crypto::sha256;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes of a file read at most; the service takes no more in one sending.
pub(super) const MOST_BYTES: u64 = 10 << 20;
/// Files looked at in one round; the rest waits for the next.
const MOST_FILES: usize = 1_000;
/// Bytes of a file that is too large that are read for its name.
const BEGINNING: u64 = 64 << 10;

/// The folder cannot be used. No name of a file is told.
#[derive(Debug, thiserror::Error)]
#[error("連携フォルダー（{part}）を使えません: {kind}")]
pub struct PlaceError {
    part: &'static str,
    kind: ErrorKind,
}

fn trouble(part: &'static str) -> impl Fn(std::io::Error) -> PlaceError {
    move |error| PlaceError { part, kind: error.kind() }
}

/// Where finished things go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Taken,
    Accepted,
    Rejected,
    Out,
}

impl Part {
    const ALL: [Part; 4] = [Part::Taken, Part::Accepted, Part::Rejected, Part::Out];

    fn name(self) -> &'static str {
        match self {
            Part::Taken => "taken",
            Part::Accepted => "accepted",
            Part::Rejected => "rejected",
            Part::Out => "out",
        }
    }
}

/// A file that was laid there.
pub(super) struct Laid {
    pub(super) path: PathBuf,
    /// Its name as the other system gave it: told in the result alone.
    pub(super) name: String,
    /// The patient consented to a letter here.
    pub(super) consented: bool,
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
}

/// The folder.
pub(super) struct Place {
    root: PathBuf,
}

impl Place {
    pub(super) fn open(root: &Path) -> Result<Place, PlaceError> {
        for part in Part::ALL {
            fs::create_dir_all(root.join(part.name())).map_err(trouble(part.name()))?;
        }
        fs::create_dir_all(root.join("in").join("consented")).map_err(trouble("in"))?;
        Ok(Place { root: root.to_owned() })
    }

    fn path(&self, part: Part, name: &str) -> PathBuf {
        self.root.join(part.name()).join(name)
    }

    /// What lies there, the oldest first; what is still being written is left out.
    pub(super) fn laid(&self) -> Result<Vec<Laid>, PlaceError> {
        let mut all = Vec::new();
        for (folder, consented) in [(self.root.join("in"), false), (self.root.join("in").join("consented"), true)] {
            for entry in fs::read_dir(folder).map_err(trouble("in"))? {
                let entry = entry.map_err(trouble("in"))?;
                // Neither folders nor links: only what was laid here itself.
                let Ok(found) = fs::symlink_metadata(entry.path()) else { continue };
                let name = entry.file_name().to_string_lossy().into_owned();
                if !found.is_file() || is_in_the_making(&name) {
                    continue;
                }
                let modified = found.modified().ok();
                all.push(Laid { path: entry.path(), name, consented, size: found.len(), modified });
            }
        }
        all.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
        all.truncate(MOST_FILES);
        Ok(all)
    }

    /// Its content; `None` when it is gone, was changed while it was read, or is larger than is read.
    pub(super) fn read(laid: &Laid) -> Result<Option<Vec<u8>>, PlaceError> {
        if laid.size > MOST_BYTES {
            return Ok(None);
        }
        let mut file = match fs::File::open(&laid.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble("in")(error)),
        };
        let mut bytes = Vec::new();
        std::io::Read::by_ref(&mut file).take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(trouble("in"))?;
        let after = file.metadata().map_err(trouble("in"))?;
        let same =
            after.len() == laid.size && after.modified().ok() == laid.modified && bytes.len() as u64 == laid.size;
        Ok(same.then_some(bytes))
    }

    /// A name for what is too large to be read: by its size and its beginning.
    pub(super) fn name_of_large(laid: &Laid) -> Result<String, PlaceError> {
        let mut beginning = Vec::new();
        let file = fs::File::open(&laid.path).map_err(trouble("in"))?;
        file.take(BEGINNING).read_to_end(&mut beginning).map_err(trouble("in"))?;
        beginning.extend(laid.size.to_be_bytes());
        Ok(sha256(&beginning).to_hex())
    }

    /// Moves what was laid there to where it belongs.
    pub(super) fn moved(&self, from: &Path, part: Part, name: &str) -> Result<(), PlaceError> {
        match fs::rename(from, self.path(part, name)) {
            // Moved by the step that was interrupted.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other.map_err(trouble(part.name())),
        }
    }

    /// Moves it from one part to another.
    pub(super) fn passed_on(&self, from: Part, to: Part, name: &str) -> Result<(), PlaceError> {
        self.moved(&self.path(from, name), to, name)
    }

    /// Writes a file where there is none of its name.
    pub(super) fn written_once(&self, part: Part, name: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        if self.path(part, name).exists() { Ok(()) } else { self.written(part, name, bytes) }
    }

    /// Writes a file whole or not at all: under another name first, flushed, then moved.
    pub(super) fn written(&self, part: Part, name: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        let aside = self.path(part, &format!(".{name}.tmp"));
        let done = (|| {
            let mut file = fs::File::create(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&aside, self.path(part, name))
        })();
        done.map_err(trouble(part.name()))
    }
}

/// What another program has not finished writing.
fn is_in_the_making(name: &str) -> bool {
    let end = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with('.') || ["tmp", "part", "partial", "writing"].iter().any(|known| end.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_making_is_left_alone() {
        for (name, made) in [
            ("a.json", false),
            (".a.json", true),
            ("a.json.tmp", true),
            ("a.PART", true),
            ("a.writing", true),
            ("tmp", false),
        ] {
            assert_eq!(is_in_the_making(name), made, "{name}");
        }
    }
}
