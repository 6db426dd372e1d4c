//! npm archives: gzip and tar. Of tar only names, sizes and content are needed (POSIX ustar, with long names of pax and
//! GNU), so that is read here rather than with a library that can write file systems.
use super::{MAX_BYTES, MAX_FILES, PackageError};
use flate2::read::MultiGzDecoder;
use std::io::Read;

const BLOCK: usize = 512;
/// Longest list of pax attributes and longest name.
const MAX_NAME: usize = 1 << 16;

/// Calls `found` with name and content of every file.
pub(super) fn each_file(
    archive: &[u8],
    found: &mut impl FnMut(&str, &[u8]) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let mut tar = Vec::new();
    // More than all headers and content together means more than is allowed.
    let most = (MAX_BYTES + MAX_FILES * 2 * BLOCK) as u64;
    let read = MultiGzDecoder::new(archive).take(most + 1).read_to_end(&mut tar);
    read.map_err(|_| PackageError::Archive)?;
    if tar.len() as u64 > most {
        return Err(PackageError::TooLarge);
    }
    let mut rest = tar.as_slice();
    let mut long_name: Option<String> = None;
    let mut any = false;
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        check_sum(header)?;
        let size = octal(&header[124..136]).ok_or(PackageError::Archive)?;
        let padded = size.checked_next_multiple_of(BLOCK).ok_or(PackageError::Archive)?;
        let content = after.get(..size).ok_or(PackageError::Archive)?;
        rest = after.get(padded..).unwrap_or_default();
        match header[156] {
            b'0' | 0 => {
                any = true;
                let name = long_name.take().unwrap_or_else(|| name(header));
                found(&name, content)?;
            }
            b'x' if size <= MAX_NAME => long_name = pax_path(content).or(long_name),
            b'L' if size <= MAX_NAME => long_name = Some(text(content)),
            _ => long_name = None,
        }
    }
    if any { Ok(()) } else { Err(PackageError::Archive) }
}

/// The sum of all bytes of the header, its own field counted as blanks.
fn check_sum(header: &[u8]) -> Result<(), PackageError> {
    let stated = octal(&header[148..156]).ok_or(PackageError::Archive)?;
    let own = |(place, byte): (usize, &u8)| usize::from(if (148..156).contains(&place) { b' ' } else { *byte });
    let sum: usize = header.iter().enumerate().map(own).sum();
    if sum == stated { Ok(()) } else { Err(PackageError::Archive) }
}

/// Octal digits, with blanks or zero bytes around them.
fn octal(field: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(['\0', ' ']);
    if digits.is_empty() { Some(0) } else { usize::from_str_radix(digits, 8).ok() }
}

/// Up to the first zero byte.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn name(header: &[u8]) -> String {
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    let ustar = header[257..262] == *b"ustar";
    if ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

/// `path` of pax attributes: lines `length key=value`.
fn pax_path(content: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(content);
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn file(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut header = vec![0_u8; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = kind;
        header[257..262].copy_from_slice(b"ustar");
        header[148..156].fill(b' ');
        let sum: usize = header.iter().map(|byte| usize::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        header.extend_from_slice(content);
        header.resize(header.len().next_multiple_of(BLOCK), 0);
        header
    }

    fn packed(tar: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(tar).unwrap();
        encoder.finish().unwrap()
    }

    fn names(archive: &[u8]) -> Result<Vec<(String, usize)>, PackageError> {
        let mut all = Vec::new();
        each_file(archive, &mut |name, content| {
            all.push((name.to_owned(), content.len()));
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn files_are_found_with_short_and_long_names() {
        let mut tar = file("package/package.json", b'0', b"{}");
        tar.extend(file("package/", b'5', b""));
        tar.extend(file("x", b'x', b"27 path=package/long/name.json\n"));
        tar.extend(file("cut", b'0', &[b'a'; 600]));
        tar.extend(file("x", b'L', b"gnu/name.json\0"));
        tar.extend(file("cut", b'0', b""));
        tar.extend([0; 2 * BLOCK]);
        let expected = [("package/package.json", 2), ("package/long/name.json", 600), ("gnu/name.json", 0)];
        assert_eq!(names(&packed(&tar)).unwrap(), expected.map(|(name, size)| (name.to_owned(), size)));
    }

    #[test]
    fn damaged_archives_are_refused() {
        let mut tar = file("a.json", b'0', b"{}");
        let whole = packed(&tar);
        for bad in [&b""[..], b"no archive", &whole[..whole.len() / 2], &packed(b""), &packed(&tar[..700])] {
            assert!(names(bad).is_err());
        }
        assert_eq!(names(&packed(&tar[..514])).unwrap().len(), 1);
        tar[0] = b'b';
        assert_eq!(names(&packed(&tar)), Err(PackageError::Archive));
    }
}
