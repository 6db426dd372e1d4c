//! What a file is, by its content alone: names and declared types are never believed.
use super::MAX_BYTES;
use memchr::memmem;

/// Kinds of files that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// GIF
    Gif,
    /// WebP
    Webp,
    /// BMP
    Bmp,
    /// TIFF
    Tiff,
    /// PDF: kept, given out as a download only.
    Pdf,
}

impl FileKind {
    /// Media type.
    pub const fn media(self) -> &'static str {
        match self {
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Gif => "image/gif",
            FileKind::Webp => "image/webp",
            FileKind::Bmp => "image/bmp",
            FileKind::Tiff => "image/tiff",
            FileKind::Pdf => "application/pdf",
        }
    }

    /// Ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            FileKind::Png => "png",
            FileKind::Jpeg => "jpg",
            FileKind::Gif => "gif",
            FileKind::Webp => "webp",
            FileKind::Bmp => "bmp",
            FileKind::Tiff => "tiff",
            FileKind::Pdf => "pdf",
        }
    }

    /// By its media type.
    pub fn of_media(media: &str) -> Option<FileKind> {
        use FileKind as K;
        [K::Png, K::Jpeg, K::Gif, K::Webp, K::Bmp, K::Tiff, K::Pdf].into_iter().find(|kind| kind.media() == media)
    }

    /// Whether it is a picture.
    pub const fn is_picture(self) -> bool {
        !matches!(self, FileKind::Pdf)
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing in it.
    Empty,
    /// Larger than [`MAX_BYTES`].
    TooLarge,
    /// Of a kind that is not kept: text, SVG, HTML, office files, programs, archives.
    Kind,
    /// It holds the test pattern by which virus scanners are tried out, or would be stopped by one.
    Malware,
    /// A picture too large in pixels, or one that cannot be decoded.
    Picture,
}

/// The EICAR test file, in two parts so that no scanner stops this program itself.
const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// Tells what a file is, or why it is refused.
pub fn sniff(bytes: &[u8]) -> Result<FileKind, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    if memmem::find(bytes, EICAR.concat().as_bytes()).is_some() {
        return Err(Refusal::Malware);
    }
    let found = infer::get(bytes).ok_or(Refusal::Kind)?;
    let kind = FileKind::of_media(found.mime_type()).ok_or(Refusal::Kind)?;
    if kind == FileKind::Pdf && (!bytes.starts_with(b"%PDF-") || memmem::rfind(bytes, b"%%EOF").is_none()) {
        return Err(Refusal::Kind);
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        let eicar = EICAR.concat();
        let in_pdf = format!("%PDF-1.4\n{eicar}\n%%EOF");
        let cases: [(&[u8], Result<FileKind, Refusal>); 12] = [
            (b"", Err(Refusal::Empty)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Ok(FileKind::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Ok(FileKind::Jpeg)),
            (b"GIF89a\x01\0\x01\0", Ok(FileKind::Gif)),
            (b"%PDF-1.7\n1 0 obj\n%%EOF\n", Ok(FileKind::Pdf)),
            (b"%PDF-1.7\ncut off", Err(Refusal::Kind)),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Err(Refusal::Kind)),
            (b"<!DOCTYPE html><script>", Err(Refusal::Kind)),
            (b"PK\x03\x04\x14\0", Err(Refusal::Kind)),
            (b"MZ\x90\0", Err(Refusal::Kind)),
            (eicar.as_bytes(), Err(Refusal::Malware)),
            (in_pdf.as_bytes(), Err(Refusal::Malware)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
