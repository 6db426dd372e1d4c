//! 受信箱: nothing that arrived is missed, nothing is typed twice.
//!
//! What came is kept untouched (`Binary`), described (`DocumentReference`), watched over until somebody has dealt with it
//! (`Task`), and its items stand apart from our record ([`crate::outside`]) until they are imported. All but the Binary
//! carry one id.
//!
//! # What a screen calls
//!
//! | For | Call |
//! |---|---|
//! | the list | [`list`] with a [`Filter`]; own failed sends: [`crate::letter::failed`] |
//! | words in what arrived | [`find`] |
//! | one document | [`page`]; its content: the ledger's attachment by `page.original`, read by `sharing::document::received::read` |
//! | 患者を確認 | `page.candidates` side by side, then [`link`] |
//! | カルテへ取り込む | [`compare`] with `page.own`, then [`import`] with the ticked places (`Review::Now` marks reviewed too) |
//! | 取り込まず確認 | [`review`]; 要対応 asks for words ([`ACTIONS`]) |
//! | 返書を書く | [`reply_to`], then [`crate::letter::open`] with `New::reply` |
//! | 設定：要対応とする検査値 | [`limits`], [`set_limits`] |
//!
//! A job that fetched something calls [`receive`].

mod compare;
mod count;
mod find;
mod import;
mod matching;
mod read;
mod receive;
mod received;
mod resource;
mod review;

pub use compare::{Compared, Own, Verdict, compare, own};
pub use count::count;
pub use find::find;
pub use import::{Import, Imported, Review, import, link, may_review};
pub use matching::{Candidate, Difference, Matching, matching};
pub(crate) use matching::{MEMBER, member_key};
pub use read::{Filter, Listed, Page, is_answered, list, page, reply_to};
pub use receive::{Receipt, Taken, receive};
pub use received::{Block, Enclosed, Kind, Received, Sender, Shown, Who};
pub use resource::{Done, Row, State};
pub use review::{ACTIONS, Limit, limits, review, set_limits, suggested};
