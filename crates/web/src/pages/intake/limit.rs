//! How often an address may knock with secrets that open nothing. A secret cannot be guessed (256 bits); this keeps a
//! stranger from making the store work.
use karute_japan::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong knocks of one address within [`WINDOW_MS`].
const MOST: u32 = 30;
/// The time they are counted in, in milliseconds.
const WINDOW_MS: i64 = 10 * 60_000;
/// Addresses remembered at most; when more come, the oldest windows are forgotten first.
const ADDRESSES: usize = 4_096;

/// Wrong knocks by address. One per process: behind several processes an address has as many times the number.
#[derive(Default)]
pub(crate) struct Knocks {
    seen: Mutex<HashMap<Option<IpAddr>, (Timestamp, u32)>>,
}

impl Knocks {
    /// Whether an address has knocked wrongly too often.
    pub(crate) fn too_many(&self, address: Option<IpAddr>, now: Timestamp) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&address).is_some_and(|(since, count)| *count >= MOST && is_within(*since, now))
    }
    /// Counts a wrong knock.
    pub(crate) fn wrong(&self, address: Option<IpAddr>, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES && !seen.contains_key(&address) {
            seen.retain(|_, (since, _)| is_within(*since, now));
            if seen.len() >= ADDRESSES
                && let Some(oldest) = seen.iter().min_by_key(|(_, (since, _))| *since).map(|(address, _)| *address)
            {
                seen.remove(&oldest);
            }
        }
        let entry = seen.entry(address).or_insert((now, 0));
        if !is_within(entry.0, now) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

fn is_within(since: Timestamp, now: Timestamp) -> bool {
    (0..WINDOW_MS).contains(&(now.as_millis() - since.as_millis()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_that_knocks_too_often_waits_and_others_do_not() {
        let knocks = Knocks::default();
        let start = Timestamp::parse("2026-11-20T10:00:00+09:00").unwrap();
        let (one, two) = (Some("10.0.0.1".parse().unwrap()), Some("10.0.0.2".parse().unwrap()));
        for n in 0..MOST {
            assert!(!knocks.too_many(one, start), "{n}");
            knocks.wrong(one, start.plus_ms(i64::from(n)));
        }
        assert!(knocks.too_many(one, start.plus_ms(WINDOW_MS - 1)));
        assert!(!knocks.too_many(two, start));
        assert!(!knocks.too_many(one, start.plus_ms(WINDOW_MS)));
        knocks.wrong(one, start.plus_ms(WINDOW_MS));
        assert!(!knocks.too_many(one, start.plus_ms(WINDOW_MS)));
        for n in 0..5_000_u32 {
            knocks.wrong(Some(IpAddr::from(n.to_be_bytes())), start.plus_ms(i64::from(n)));
        }
        assert!(knocks.seen.lock().unwrap().len() <= ADDRESSES);
    }
}
