//! Official FHIR packages (JP Core, JP-CLINS …): kept as editions of the kind `fhir-package`, beside the tables of codes.
//!
//! An edition holds every package that was taken in, each with its files as they came but for white space, so that it
//! can be passed on. A package of the same name takes the place of the older one. Where packages define the same
//! profile, the one that was taken in first gives way: JP Core before what builds on it.
use super::{TakeInError, Taken};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use karute_fhir::profile::{Package, PackageError};
use karute_json::{Limits, Object, Value, parse};
use karute_ledger::{Ledger, NewMaster};
use std::io::{Read as _, Write as _};

/// The word of `karute masters import` and the kind of the edition.
pub const PACKAGE_KIND: &str = "fhir-package";
/// Largest decompressed content, in bytes: a few packages of the largest size.
const MAX_BYTES: u64 = 1 << 30;
/// Most packages at once.
const MAX_PACKAGES: usize = 32;

/// Files of a package as an operator gives them.
#[derive(Debug)]
pub struct PackageSource {
    /// Name of the file or folder, for the report and where the package does not say its name.
    pub file: String,
    /// SHA-256 over everything, in hexadecimal digits.
    pub digest: String,
    /// Names and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What came of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageReport {
    /// Name of the package.
    pub name: String,
    /// Its version; empty where it does not say.
    pub version: String,
    /// Version of the one whose place it takes.
    pub replaced: Option<String>,
    /// Profiles, extensions and data types in it.
    pub definitions: usize,
    /// Value sets in it.
    pub value_sets: usize,
    /// Code systems in it.
    pub systems: usize,
    /// All packages now, in their order: name and version.
    pub all: Vec<(String, String)>,
}

/// The packages of an edition.
#[derive(Clone, Debug, Default)]
pub struct Packages {
    list: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    name: String,
    version: String,
    digest: String,
    /// Names and JSON texts without line feeds.
    files: Vec<(String, String)>,
}

/// A damaged edition.
fn damaged(why: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why.to_owned())
}

impl Packages {
    /// Reads an edition.
    pub fn decode(content: &[u8]) -> Result<Packages, std::io::Error> {
        let mut text = String::new();
        GzDecoder::new(content).take(MAX_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(damaged("too large"));
        }
        let mut lines = text.lines();
        let mut list = Vec::new();
        while let Some(header) = lines.next() {
            let header = parse(header.as_bytes(), &Limits::FHIR).map_err(|_| damaged("no header"))?;
            let text = |member: &str| header.get(member).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
            let count = header.get("files").and_then(Value::as_number).and_then(karute_json::Number::as_i64);
            let (Some(name), Some(version), Some(digest), Some(count)) =
                (text("package"), text("version"), text("digest"), count)
            else {
                return Err(damaged("an incomplete header"));
            };
            let mut files = Vec::new();
            for _ in 0..count {
                let line = lines.next().and_then(|line| line.split_once('\t'));
                let (file, content) = line.ok_or_else(|| damaged("a missing file"))?;
                files.push((file.to_owned(), content.to_owned()));
            }
            list.push(Kept { name, version, digest, files });
        }
        Ok(Packages { list })
    }

    fn encode(&self) -> Result<Vec<u8>, std::io::Error> {
        let mut out = GzEncoder::new(Vec::new(), Compression::new(6));
        for kept in &self.list {
            let count = i64::try_from(kept.files.len()).unwrap_or(i64::MAX);
            let header = Object::new()
                .with("package", kept.name.as_str())
                .with("version", kept.version.as_str())
                .with("digest", kept.digest.as_str())
                .with("files", count);
            writeln!(out, "{}", Value::from(header).to_json())?;
            for (name, content) in &kept.files {
                writeln!(out, "{name}\t{content}")?;
            }
        }
        out.finish()
    }

    /// The packages in their order, read.
    pub fn read(&self) -> Result<Vec<Package>, PackageError> {
        let read = |kept: &Kept| {
            let mut package = Package::new();
            for (name, content) in &kept.files {
                package.add(name, content.as_bytes())?;
            }
            Ok(package)
        };
        self.list.iter().map(read).collect()
    }

    /// Name and version of each, in their order.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|kept| (kept.name.as_str(), kept.version.as_str()))
    }

    /// Puts a package in; whether it was in already.
    fn put(&mut self, source: &PackageSource) -> Result<(bool, PackageReport), PackageError> {
        let mut package = Package::new();
        let mut files = Vec::new();
        for (name, content) in &source.files {
            if package.add(name, content)? {
                let plain = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
                let value = parse(plain, &Limits::FHIR).map_err(|_| PackageError::Json(plain_name(name)))?;
                files.push((plain_name(name), value.to_json()));
            }
        }
        package.check()?;
        let (name, version) = package.identity();
        let name = name.unwrap_or(&source.file).chars().filter(|c| !c.is_control()).take(200).collect::<String>();
        let version = version.unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect::<String>();
        let (definitions, value_sets, systems) = package.counts();
        let old = self.list.iter().position(|kept| kept.name == name);
        let known = old.and_then(|place| self.list.get(place)).is_some_and(|kept| kept.digest == source.digest);
        let kept = Kept { name: name.clone(), version: version.clone(), digest: source.digest.clone(), files };
        if old.is_none() && self.list.len() >= MAX_PACKAGES {
            return Err(PackageError::TooLarge);
        }
        let mut replaced = None;
        if let Some(place) = old.and_then(|place| self.list.get_mut(place)) {
            replaced = Some(std::mem::replace(place, kept).version);
        } else {
            self.list.push(kept);
        }
        let all = self.names().map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
        Ok((known, PackageReport { name, version, replaced, definitions, value_sets, systems, all }))
    }
}

/// The name without folders and without what would break a line.
fn plain_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(200).collect()
}

impl PackageReport {
    /// As JSON text, kept with the edition.
    pub fn to_json(&self) -> String {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let all = self.all.iter().map(|(name, version)| {
            Value::from(Object::new().with("package", name.as_str()).with("version", version.as_str()))
        });
        let report = Object::new()
            .with("kind", PACKAGE_KIND)
            .with("package", self.name.as_str())
            .with("version", self.version.as_str())
            .with("replaced", self.replaced.as_deref().map_or(Value::Null, Value::from))
            .with("definitions", count(self.definitions))
            .with("valueSets", count(self.value_sets))
            .with("codeSystems", count(self.systems))
            .with("all", all.collect::<Vec<_>>());
        Value::from(report).to_json()
    }
}

/// Takes a package in.
pub async fn take_in_package(
    ledger: &Ledger,
    source: PackageSource,
    by: &str,
    dry_run: bool,
) -> Result<(Taken, PackageReport), TakeInError<PackageError>> {
    let newest = ledger.read_master(PACKAGE_KIND).await?;
    let expected = newest.as_ref().map(|newest| newest.edition.number);
    let work = move || -> Result<_, TakeInError<PackageError>> {
        let mut packages = match newest {
            Some(found) => Packages::decode(&found.content).map_err(TakeInError::Unreadable)?,
            None => Packages::default(),
        };
        let (known, report) = packages.put(&source).map_err(TakeInError::Refused)?;
        let content = if known || dry_run { Vec::new() } else { packages.encode().map_err(TakeInError::Encoding)? };
        Ok((known, report, content))
    };
    let (known, report, content) = tokio::task::spawn_blocking(work).await.map_err(|_| TakeInError::Stopped)??;
    if known {
        return Ok((Taken::Known, report));
    }
    if dry_run {
        return Ok((Taken::Tried, report));
    }
    let new =
        NewMaster { kind: PACKAGE_KIND.to_owned(), expected, content, report: report.to_json(), by: by.to_owned() };
    let number = ledger.put_master(new).await?;
    Ok((Taken::Stored(number), report))
}
