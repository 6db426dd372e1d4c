//! Previews: a picture decoded within bounds and written anew. What the file held besides its pixels (EXIF with place and
//! device, comments, appended files) is not in it.
use super::FileKind;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Longest side of a picture that is decoded, in pixels.
const MAX_SIDE: u32 = 12_000;
/// Pixels of a picture that is decoded at most.
const MAX_PIXELS: u64 = 50_000_000;
/// Memory a decoder may ask for, in bytes.
const MAX_MEMORY: u64 = 400 << 20;
/// Longest side of a preview, in pixels: enough to read a scanned page.
const PREVIEW_SIDE: u32 = 2_000;

/// A preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// PNG or JPEG.
    pub bytes: Vec<u8>,
    /// Media type.
    pub media: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// The picture is too large in pixels, or is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Makes the preview of a picture. Takes a second or two of a processor for the largest ones.
pub fn preview(bytes: &[u8], kind: FileKind) -> Result<Preview, Unreadable> {
    let format = match kind {
        FileKind::Png => ImageFormat::Png,
        FileKind::Jpeg => ImageFormat::Jpeg,
        FileKind::Gif => ImageFormat::Gif,
        FileKind::Webp => ImageFormat::WebP,
        FileKind::Bmp => ImageFormat::Bmp,
        FileKind::Tiff => ImageFormat::Tiff,
        FileKind::Pdf => return Err(Unreadable),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Unreadable)?;
    let (width, height) = decoder.dimensions();
    // Before a byte is decoded: a small file can promise a huge picture.
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unreadable);
    }
    let orientation = decoder.orientation().map_err(|_| Unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Unreadable)?;
    // The way up was said in the EXIF, which is not kept.
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > PREVIEW_SIDE {
        picture = picture.thumbnail(PREVIEW_SIDE, PREVIEW_SIDE);
    }
    let (format, media) =
        if kind == FileKind::Jpeg { (ImageFormat::Jpeg, "image/jpeg") } else { (ImageFormat::Png, "image/png") };
    let plain = if kind == FileKind::Jpeg {
        DynamicImage::ImageRgb8(picture.to_rgb8())
    } else {
        DynamicImage::ImageRgba8(picture.to_rgba8())
    };
    let mut out = Cursor::new(Vec::new());
    plain.write_to(&mut out, format).map_err(|_| Unreadable)?;
    Ok(Preview { bytes: out.into_inner(), media, width: plain.width(), height: plain.height() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attachment::sniff;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn pictures_are_written_anew_and_large_ones_become_smaller() {
        for (format, media) in [
            (ImageFormat::Png, "image/png"),
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Gif, "image/png"),
            (ImageFormat::Bmp, "image/png"),
        ] {
            let bytes = drawn(40, 30, format);
            let made = preview(&bytes, sniff(&bytes).unwrap()).unwrap();
            assert_eq!((made.media, made.width, made.height), (media, 40, 30));
        }
        let wide = drawn(4_000, 1_000, ImageFormat::Png);
        assert_eq!(preview(&wide, FileKind::Png).unwrap().width, PREVIEW_SIDE);
    }

    #[test]
    fn what_a_picture_carries_besides_its_pixels_is_gone() {
        let mut bytes = drawn(20, 10, ImageFormat::Jpeg);
        // An EXIF segment that says "turn right" and carries a word behind it.
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0SECRET-PLACE";
        let mut segment = vec![0xff, 0xe1];
        segment.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        segment.extend(exif);
        bytes.splice(2..2, segment);
        bytes.extend(b"<script>appended</script>");
        let made = preview(&bytes, FileKind::Jpeg).unwrap();
        let holds = |word: &[u8]| made.bytes.windows(word.len()).any(|w| w == word);
        assert!(!holds(b"SECRET-PLACE") && !holds(b"Exif") && !holds(b"script"));
        assert_eq!((made.width, made.height), (10, 20), "the way up is kept");
    }

    #[test]
    fn a_small_file_that_promises_a_huge_picture_is_refused() {
        let mut bomb = drawn(10, 10, ImageFormat::Png);
        // Width and height of the header, with its checksum made anew.
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let sum = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(preview(&bomb, FileKind::Png), Err(Unreadable));
        assert_eq!(preview(b"\x89PNG\r\n\x1a\nbroken", FileKind::Png), Err(Unreadable));
        assert_eq!(preview(&drawn(10, 10, ImageFormat::Gif), FileKind::Png), Err(Unreadable));
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { s >> 1 ^ 0xEDB8_8320 } else { s >> 1 })
        })
    }
}
