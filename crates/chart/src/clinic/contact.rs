//! 所在地と連絡先: what stands on papers that leave the clinic (処方箋, letters) beside its name and code.
use super::SPACE;
use crate::ChartError;
use crate::clean::line;
use crate::registration::Fault;
use futures_util::future::BoxFuture;
use karute_japan::contact;
use karute_ledger::{Access, Action, Commit, Doc};
use serde::{Deserialize, Serialize};

const CONTACT: &str = "contact";
/// Longest address, in characters: N(80) of the electronic prescription's record 2.
const LONGEST: usize = 80;

/// Where a clinic is, as registered with 地方厚生局, and how it is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// 郵便番号, `100-0000`; may be empty.
    pub postal: String,
    /// 所在地
    pub address: String,
    /// 電話番号
    pub phone: String,
    /// FAX; may be empty.
    pub fax: String,
}

impl Contact {
    /// Reads what was filled in; every mistake at its field (`postal`, `address`, `phone`, `fax`).
    pub fn read(&self) -> Result<Contact, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |field, words: &str| faults.push(Fault { field, words: words.to_owned() });
        let address = line(&self.address);
        match address.chars().count() {
            0 => fault("address", "所在地を入力してください。"),
            n if n > LONGEST => fault("address", "所在地は80文字までです。"),
            _ => {}
        }
        let optional = |text: &str, read: fn(&str) -> Option<String>| {
            let text = line(text);
            if text.is_empty() { Some(String::new()) } else { read(&text) }
        };
        let postal = optional(&self.postal, contact::postal_code);
        if postal.is_none() {
            fault("postal", "郵便番号は7桁の数字です。");
        }
        let phone = contact::phone(&line(&self.phone));
        if phone.is_none() {
            fault("phone", "電話番号は0から始まる10桁か11桁の数字です。");
        }
        let fax = optional(&self.fax, contact::phone);
        if fax.is_none() {
            fault("fax", "FAX番号は0から始まる10桁か11桁の数字です。");
        }
        match (postal, phone, fax) {
            (Some(postal), Some(phone), Some(fax)) if faults.is_empty() => Ok(Contact { postal, address, phone, fax }),
            _ => Err(faults),
        }
    }
}

/// The contact of the clinic; `None` where nobody entered it.
pub fn contact(access: &Access) -> BoxFuture<'_, Result<Option<Contact>, ChartError>> {
    Box::pin(async move {
        let stored = access.doc(SPACE, CONTACT).await?;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()))
    })
}

/// Keeps it.
pub fn set_contact<'a>(access: &'a Access, contact: &'a Contact) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some("clinic contact".to_owned());
        let value = serde_json::to_string(contact).map_err(|_| ChartError::Invalid)?;
        commit.docs.push(Doc::Put { space: SPACE, key: CONTACT.to_owned(), value, expires: None });
        access.commit(commit).await?;
        Ok(())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn filled(postal: &str, address: &str, phone: &str, fax: &str) -> Contact {
        Contact { postal: postal.into(), address: address.into(), phone: phone.into(), fax: fax.into() }
    }

    #[test]
    fn what_is_typed_is_kept_as_papers_write_it() {
        let read =
            filled("〒１０００００１", " 東京都千代田区架空町１－２－３ ", "０３（１２３４）５６７８", "").read();
        assert_eq!(read.unwrap(), filled("100-0001", "東京都千代田区架空町１－２－３", "03-1234-5678", ""));
    }

    #[test]
    fn every_mistake_is_told_at_its_field() {
        let faults = filled("12", "", "1", "x").read().unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["address", "postal", "phone", "fax"]);
        let long = filled("", &"町".repeat(81), "03-1234-5678", "").read().unwrap_err();
        assert_eq!(long[0].field, "address");
    }
}
