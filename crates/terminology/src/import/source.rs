//! A file as a run of rows, whether it is text or a workbook.
use super::refusal::{Reason, Refusal};
use super::text::{decode, line_at, truncated};
use super::workbook::{self, Sheet};
use csv::StringRecord;
use std::borrow::Cow;

/// Largest file that is looked at, in bytes; the largest published one has 20 MB.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// A file that was opened.
pub(super) struct File<'b> {
    pub(super) name: String,
    body: Body<'b>,
}

enum Body<'b> {
    Text(Cow<'b, str>),
    Book(Vec<Sheet>),
}

/// Its rows, one after another.
pub(super) enum Rows<'f> {
    Text { reader: Box<csv::Reader<&'f [u8]>>, text: &'f [u8], at: usize, line: u32 },
    Sheet(std::slice::Iter<'f, (u32, StringRecord)>),
}

impl<'b> File<'b> {
    pub(super) fn open(name: &str, bytes: &'b [u8]) -> Result<File<'b>, Refusal> {
        if bytes.len() > MAX_BYTES {
            return Err(Refusal::new(name, Reason::TooLarge, "ファイルが大きすぎます（上限 128 MB）。"));
        }
        let body = if bytes.starts_with(b"PK\x03\x04") {
            Body::Book(workbook::sheets(name, bytes)?)
        } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            let text = "古い形式の Excel ファイル（.xls）です。.xlsx または CSV で保存し直したものが必要です。";
            return Err(Refusal::new(name, Reason::Encoding, text));
        } else {
            Body::Text(decode(name, bytes)?)
        };
        let file = File { name: name.to_owned(), body };
        file.complete()?;
        Ok(file)
    }

    /// The text, when it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Book(_) => None,
        }
    }

    /// Whether it is JSON, which masters given as FHIR CodeSystem are.
    pub(super) fn json(&self) -> Option<&str> {
        self.text().filter(|text| text.trim_start().starts_with('{'))
    }

    /// Names of the sheets of a workbook; one without name for a text.
    pub(super) fn sheets(&self) -> Vec<&str> {
        match &self.body {
            Body::Text(_) => vec![""],
            Body::Book(sheets) => sheets.iter().map(|sheet| sheet.name.as_str()).collect(),
        }
    }

    /// All rows of the text or of one sheet.
    pub(super) fn rows(&self, sheet: usize) -> Rows<'_> {
        match &self.body {
            Body::Text(text) => {
                let mut builder = csv::ReaderBuilder::new();
                builder.has_headers(false).flexible(true).delimiter(delimiter(text));
                let text = text.as_bytes();
                Rows::Text { reader: Box::new(builder.from_reader(text)), text, at: 0, line: 1 }
            }
            Body::Book(sheets) => Rows::Sheet(sheets.get(sheet).map_or(&[][..], |sheet| &sheet.rows).iter()),
        }
    }

    /// The first row that is not empty.
    pub(super) fn first(&self) -> Option<StringRecord> {
        let (mut rows, mut record) = (self.rows(0), StringRecord::new());
        while let Ok(Some(_)) = rows.next(&self.name, &mut record) {
            if record.iter().any(|field| !field.trim().is_empty()) {
                return Some(record);
            }
        }
        None
    }

    /// Whether the text ends with a line end.
    pub(super) fn is_closed(&self) -> bool {
        self.text().is_none_or(|text| text.is_empty() || text.ends_with(['\n', '\r']))
    }

    /// Refusal for a last line that is not whole.
    pub(super) fn cut(&self) -> Refusal {
        let bytes = self.text().unwrap_or_default().as_bytes();
        truncated(&self.name).at(line_at(bytes, bytes.len()), None)
    }

    /// A text that ends inside quotes was cut.
    fn complete(&self) -> Result<(), Refusal> {
        let Some(text) = self.text().filter(|_| self.json().is_none()) else { return Ok(()) };
        let quoted = text.starts_with('"') && text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
        if quoted { Err(self.cut()) } else { Ok(()) }
    }
}

impl Rows<'_> {
    /// Reads the next row into `record` and gives its line. Empty lines of a text do not count.
    pub(super) fn next(&mut self, file: &str, record: &mut StringRecord) -> Result<Option<u32>, Refusal> {
        match self {
            Rows::Text { reader, text, at, line } => match reader.read_record(record) {
                Ok(false) => Ok(None),
                Ok(true) => {
                    // The reader counts the line feed of CR LF to the next record: lines are counted here.
                    let begin = record.position().map_or(0, csv::Position::byte);
                    let rest = text.get(usize::try_from(begin).unwrap_or(usize::MAX)..).unwrap_or_default();
                    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                    let begin = text.len() - rest.len() + ends;
                    let feeds = text.get(*at..begin).unwrap_or_default().split(|byte| *byte == b'\n').count() - 1;
                    *line = line.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
                    *at = begin;
                    Ok(Some(*line))
                }
                Err(error) => Err(Refusal::new(file, Reason::Layout, format!("CSV として読めません（{error}）。"))),
            },
            Rows::Sheet(rows) => Ok(rows.next().map(|(line, row)| {
                record.clone_from(row);
                *line
            })),
        }
    }
}

/// Tab where the first lines have more of them than commas.
fn delimiter(text: &str) -> u8 {
    let head = || text.lines().take(3).flat_map(str::bytes);
    let count = |wanted: u8| head().filter(|byte| *byte == wanted).count();
    if count(b'\t') > count(b',') { b'\t' } else { b',' }
}
