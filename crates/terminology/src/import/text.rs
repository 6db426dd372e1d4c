//! Bytes of a text file as text.
use super::refusal::{Reason, Refusal};
use encoding_rs::{EUC_JP, SHIFT_JIS};
use std::borrow::Cow;

/// CP932 or UTF-8, with or without mark. The character set is told from the bytes: what is valid UTF-8 is hardly ever
/// meant as CP932, whose double bytes break its rules.
pub(super) fn decode<'b>(file: &str, bytes: &'b [u8]) -> Result<Cow<'b, str>, Refusal> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(encoding(file, "UTF-16 のファイルです。Shift_JIS（CP932）または UTF-8 が必要です。"));
    }
    // Old files end with a control-Z.
    let bytes = bytes.strip_suffix(&[0x1A]).unwrap_or(bytes);
    let marked = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]);
    let text = match std::str::from_utf8(marked.unwrap_or(bytes)) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if marked.is_some() => {
            let line = line_at(bytes, error.valid_up_to() + 3);
            let refusal = match error.error_len() {
                None => truncated(file),
                Some(_) => encoding(file, "UTF-8 として読めない文字があります。"),
            };
            return Err(refusal.at(line, None));
        }
        Err(error) => SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or_else(|| unreadable(file, bytes, error))?,
    };
    if let Some(at) = text.find('\0') {
        return Err(encoding(file, "文字ではないデータが入っています。").at(line_at(text.as_bytes(), at), None));
    }
    Ok(text)
}

/// Says where and why neither character set fits.
fn unreadable(file: &str, bytes: &[u8], as_utf8: std::str::Utf8Error) -> Refusal {
    // Almost all of it was UTF-8 and only the end is cut.
    if as_utf8.error_len().is_none() && bytes.len() - as_utf8.valid_up_to() < 4 {
        return truncated(file).at(line_at(bytes, as_utf8.valid_up_to()), None);
    }
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let mut room = vec![0; decoder.max_utf8_buffer_length(bytes.len()).unwrap_or_default()];
    let (_, read, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut room, true);
    let line = line_at(bytes, read.saturating_sub(1));
    if read == bytes.len() && SHIFT_JIS.decode_without_bom_handling_and_without_replacement(but_last(bytes)).is_some() {
        return truncated(file).at(line, None);
    }
    let hint = if EUC_JP.decode_without_bom_handling_and_without_replacement(bytes).is_some() {
        "EUC-JP のファイルのようです。"
    } else {
        ""
    };
    let text = format!(
        "Shift_JIS（CP932）としても UTF-8 としても読めない文字があります。{hint}公表されたままのファイルか確かめてください。"
    );
    encoding(file, &text).at(line, None)
}

fn but_last(bytes: &[u8]) -> &[u8] {
    bytes.split_last().map_or(bytes, |(_, rest)| rest)
}

fn encoding(file: &str, text: &str) -> Refusal {
    Refusal::new(file, Reason::Encoding, text)
}

pub(super) fn truncated(file: &str) -> Refusal {
    Refusal::new(file, Reason::Truncated, "最後の行が途中で切れています。ファイルを入手し直してください。")
}

/// Line of a position, from 1.
pub(super) fn line_at(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or(bytes);
    u32::try_from(before.split(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX)
}
