//! The validity of an X.509 certificate (RFC 5280, 4.1.2.5). Only the outer shell of the DER is walked; whether the
//! certificate can be used is for rustls to say.
use karute_japan::Timestamp;

/// Not before, not after.
pub(crate) fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (mut body, _) = element(certificate, SEQUENCE)?;
    if let Some((_, rest)) = element(body, VERSION) {
        body = rest;
    }
    // Serial number, signature algorithm, issuer.
    for tag in [0x02, SEQUENCE, SEQUENCE] {
        body = element(body, tag)?.1;
    }
    let (validity, _) = element(body, SEQUENCE)?;
    let (not_before, rest) = time(validity)?;
    let (not_after, _) = time(rest)?;
    Some((not_before, not_after))
}

/// Content of the first element when it has this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    if *found != tag {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f)).filter(|(d, _)| d.len() <= 4)?;
        (digits.iter().fold(0, |n, d| n << 8 | usize::from(*d)), rest)
    };
    rest.split_at_checked(length)
}

/// `UTCTime` (two-digit year, 1950 to 2049) or `GeneralizedTime`, both in UTC to the second.
fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (text, rest, century) = match element(der, 0x17) {
        Some((text, rest)) => (text, rest, if *text.first()? >= b'5' { "19" } else { "20" }),
        None => element(der, 0x18).map(|(text, rest)| (text, rest, ""))?,
    };
    let digits = format!("{century}{}", std::str::from_utf8(text).ok()?.strip_suffix('Z')?);
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from, to| digits.get(from..to);
    let instant = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    Some((Timestamp::parse(&instant)?, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_days_of_a_certificate_are_read_in_both_spellings_of_time() {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2051, 3, 4);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (from, until) = validity(certificate.der()).unwrap();
        assert_eq!(from, Timestamp::parse("2026-01-02T00:00:00Z").unwrap());
        assert_eq!(until, Timestamp::parse("2051-03-04T00:00:00Z").unwrap());
    }

    #[test]
    fn anything_else_is_not_a_certificate() {
        for bytes in [&b""[..], b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x30\x01\xa0"] {
            assert_eq!(validity(bytes), None);
        }
    }
}
