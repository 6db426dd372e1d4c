//! Whose word about the caller's address is taken: audit events say from where, so only proxies that the operator
//! named may speak for others.
use http::HeaderMap;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses: `10.0.0.0/8`, `::1`, `192.0.2.7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Range {
    base: IpAddr,
    bits: u8,
}

impl FromStr for Range {
    type Err = String;
    fn from_str(text: &str) -> Result<Range, String> {
        let wrong = || format!("「{text}」はアドレスの範囲ではありません。10.0.0.0/8 のように書いてください。");
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let base: IpAddr = address.parse().map_err(|_| wrong())?;
        let all = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => all,
            Some(bits) => bits.parse().ok().filter(|b| *b <= all).ok_or_else(wrong)?,
        };
        Ok(Range { base, bits })
    }
}

impl TryFrom<String> for Range {
    type Error = String;
    fn try_from(text: String) -> Result<Range, String> {
        text.parse()
    }
}

impl Range {
    fn holds(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                (u32::from(base) ^ u32::from(address)).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                (u128::from(base) ^ u128::from(address)).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The caller's address: the peer's, unless the peer is a trusted proxy; then the last address in `X-Forwarded-For`
/// that is not a trusted proxy itself. What is left of it may have been written by anybody.
pub(crate) fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[Range]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.holds(address));
    let mut caller = peer;
    let values: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !is_trusted(caller) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        caller = address.to_canonical();
    }
    caller
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Range> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn strangers_cannot_say_where_they_come_from() {
        assert_eq!(seen("203.0.113.5", &["192.0.2.1"], &[]), "203.0.113.5");
        assert_eq!(seen("203.0.113.5", &["192.0.2.1"], &["10.0.0.0/8"]), "203.0.113.5");
    }

    #[test]
    fn a_trusted_proxy_speaks_for_the_one_before_it_and_no_further() {
        let trusted = &["10.0.0.0/8", "::1"];
        assert_eq!(seen("10.1.2.3", &["192.0.2.1"], trusted), "192.0.2.1");
        assert_eq!(seen("10.1.2.3", &["127.0.0.1, 192.0.2.1, 10.9.9.9"], trusted), "192.0.2.1");
        assert_eq!(seen("::1", &["127.0.0.1", "2001:db8::7, 10.0.0.1"], trusted), "2001:db8::7");
        assert_eq!(seen("10.1.2.3", &[], trusted), "10.1.2.3");
        assert_eq!(seen("10.1.2.3", &["192.0.2.1, nonsense"], trusted), "10.1.2.3");
    }

    #[test]
    fn ranges_are_compared_by_their_leading_bits() {
        let holds = |range: &str, address: &str| range.parse::<Range>().unwrap().holds(address.parse().unwrap());
        assert!(holds("0.0.0.0/0", "203.0.113.5"));
        assert!(holds("192.0.2.0/25", "192.0.2.127") && !holds("192.0.2.0/25", "192.0.2.128"));
        assert!(holds("2001:db8::/32", "2001:db8:1::") && !holds("2001:db8::/32", "2001:db9::"));
        assert!(!holds("0.0.0.0/0", "::1"));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "proxy", "::1/129"] {
            assert!(bad.parse::<Range>().is_err(), "{bad}");
        }
    }
}
