//! Official packages: StructureDefinition, ValueSet and CodeSystem resources as published, read into definitions.
//!
//! A package is a folder or an npm archive (`.tgz`) of JSON files; [`Package::read_archive`] takes the bytes of the
//! latter, [`Package::add`] single files. Nothing of a package is kept but what can be judged by. Bounded: at most
//! 20,000 files of 32 MiB, 256 MiB in all.

mod archive;
mod delta;
mod structure;
mod value_sets;

use super::definition::Definition;
use super::level::Level;
use super::model::Codes;
use super::set::ProfileSet;
use karute_json::{Limits, Value, parse};
use std::collections::HashMap;
use std::sync::Arc;

/// What is judged by of an official package.
#[derive(Debug, Default)]
pub struct Package {
    name: Option<String>,
    version: Option<String>,
    files: usize,
    bytes: usize,
    definitions: Vec<Definition>,
    value_sets: Vec<value_sets::ValueSet>,
    systems: Vec<value_sets::System>,
    changes: Vec<delta::Change>,
}

/// Why a package was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not a gzip-compressed tar archive, or a damaged one.
    #[error("圧縮ファイル (.tgz) として読めません。ダウンロードし直してください。")]
    Archive,
    /// Larger than allowed.
    #[error("パッケージが大きすぎます (ファイル 20,000 個、1 個 32 MiB、全体 256 MiB まで)。")]
    TooLarge,
    /// A file is not JSON; its name.
    #[error("{0} を JSON として読めません。パッケージをダウンロードし直してください。")]
    Json(String),
    /// There is no definition of a profile in it.
    #[error("プロファイルの定義 (StructureDefinition) がありません。FHIR のパッケージか確かめてください。")]
    Empty,
}

/// Most files, and bytes of one and of all.
const MAX_FILES: usize = 20_000;
const MAX_FILE: usize = 32 << 20;
const MAX_BYTES: usize = 256 << 20;

impl Package {
    /// Nothing yet.
    pub fn new() -> Package {
        Package::default()
    }

    /// Reads an npm archive.
    pub fn read_archive(bytes: &[u8]) -> Result<Package, PackageError> {
        let mut package = Package::new();
        archive::each_file(bytes, &mut |name, content| package.add(name, content))?;
        package.check()?;
        Ok(package)
    }

    /// Adds a file; what is no definition is passed over. `name` is for the error only.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), PackageError> {
        let is_json = name.rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        if !is_json {
            return Ok(());
        }
        self.files += 1;
        self.bytes += content.len();
        if self.files > MAX_FILES || content.len() > MAX_FILE || self.bytes > MAX_BYTES {
            return Err(PackageError::TooLarge);
        }
        let plain = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
        let short = || name.rsplit('/').next().unwrap_or(name).chars().take(100).collect();
        let limits = Limits { max_bytes: MAX_FILE, ..Limits::FHIR };
        let value = parse(plain, &limits).map_err(|_| PackageError::Json(short()))?;
        self.take(name, &value);
        Ok(())
    }

    fn take(&mut self, name: &str, value: &Value<'_>) {
        let text = |member: &str| value.get(member).and_then(Value::as_str);
        match text("resourceType").as_deref() {
            Some("StructureDefinition") => self.definitions.extend(structure::read(value)),
            Some("ValueSet") => self.value_sets.extend(value_sets::ValueSet::read(value)),
            Some("CodeSystem") => self.systems.extend(value_sets::System::read(value)),
            Some(_) => {}
            None if name.rsplit('/').next() == Some("package.json") => {
                self.name = text("name").map(std::borrow::Cow::into_owned);
                self.version = text("version").map(std::borrow::Cow::into_owned);
            }
            None => self.changes.extend(delta::read(value)),
        }
    }

    /// Refuses a package that holds no profile.
    pub fn check(&self) -> Result<(), PackageError> {
        if self.definitions.is_empty() { Err(PackageError::Empty) } else { Ok(()) }
    }

    /// Its name and version, from `package.json`.
    pub fn identity(&self) -> (Option<&str>, Option<&str>) {
        (self.name.as_deref(), self.version.as_deref())
    }

    /// How many profiles (and extensions and data types), value sets and code systems it holds.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.definitions.len(), self.value_sets.len(), self.systems.len())
    }
}

/// Compiles packages; later ones count.
pub(super) fn compile(packages: &[Package], level: Level) -> ProfileSet {
    let mut definitions: Vec<Definition> = Vec::new();
    for package in packages {
        definitions.extend(package.definitions.iter().map(structure::copy));
    }
    for change in packages.iter().flat_map(|package| &package.changes).filter(|change| change.since <= level) {
        definitions.iter_mut().filter(|one| one.url == change.profile).for_each(|one| change.apply(one));
    }
    let content = value_sets::Content::of(packages.iter().map(|p| (p.value_sets.as_slice(), p.systems.as_slice())));
    let known = std::cell::RefCell::new(HashMap::<String, Option<Arc<Codes>>>::new());
    let find = |canonical: &str| {
        let url = super::read::bare(canonical).to_owned();
        if let Some(found) = known.borrow().get(&url) {
            return found.clone();
        }
        let codes = content.expand(&url).map(Arc::new);
        known.borrow_mut().insert(url, codes.clone());
        codes
    };
    ProfileSet::new(definitions, &find, level)
}
