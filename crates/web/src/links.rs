//! Addresses of our own screens. Every link is built here, from opaque ids and fixed words only: no name, number,
//! birth date or search term ever stands in an address (ux §2.2).
use karute_fhir::Id;
use karute_japan::Date;

/// Which group of the reception list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// 院内
    Inside,
    /// 診察待ち
    Waiting,
    /// 会計待ち
    Payment,
    /// 来院前の予約
    Expected,
    /// 終了
    Finished,
}

impl Tab {
    /// All, in the order shown.
    pub(crate) const ALL: [Tab; 5] = [Tab::Inside, Tab::Waiting, Tab::Payment, Tab::Expected, Tab::Finished];

    /// Word in the address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Tab::Inside => "inside",
            Tab::Waiting => "waiting",
            Tab::Payment => "payment",
            Tab::Expected => "expected",
            Tab::Finished => "finished",
        }
    }
    /// Word shown.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Tab::Inside => "院内",
            Tab::Waiting => "診察待ち",
            Tab::Payment => "会計待ち",
            Tab::Expected => "来院前の予約",
            Tab::Finished => "終了",
        }
    }
    /// By its word in the address; the default for anything else.
    pub(crate) fn parse(code: Option<&str>) -> Tab {
        Tab::ALL.into_iter().find(|t| Some(t.code()) == code).unwrap_or(Tab::Inside)
    }
}

/// Where one is on the reception screen.
#[derive(Clone, Debug)]
pub(crate) struct ReceptionPlace {
    /// The day, when it is not today.
    pub(crate) date: Option<Date>,
    /// The group.
    pub(crate) tab: Tab,
    /// The selected visit.
    pub(crate) visit: Option<Id>,
}

impl ReceptionPlace {
    /// The screen.
    pub(crate) fn url(&self) -> String {
        self.with("/reception")
    }
    /// The list alone, as a fragment.
    pub(crate) fn rows(&self) -> String {
        self.with("/reception/rows")
    }
    fn with(&self, path: &str) -> String {
        let mut out = path.to_owned();
        let mut separator = '?';
        let mut add = |name: &str, value: &str| {
            out.push(separator);
            out.push_str(name);
            out.push('=');
            out.push_str(value);
            separator = '&';
        };
        if let Some(date) = self.date {
            add("date", &date.to_string());
        }
        if self.tab != Tab::Inside {
            add("status", self.tab.code());
        }
        if let Some(visit) = &self.visit {
            add("v", visit.as_str());
        }
        out
    }
    /// The same place on another day.
    pub(crate) fn on(&self, date: Option<Date>) -> ReceptionPlace {
        ReceptionPlace { date, tab: self.tab, visit: None }
    }
    /// The same day, another group.
    pub(crate) fn tab(&self, tab: Tab) -> ReceptionPlace {
        ReceptionPlace { date: self.date, tab, visit: None }
    }
    /// The same list with a visit selected.
    pub(crate) fn select(&self, visit: &Id) -> ReceptionPlace {
        ReceptionPlace { date: self.date, tab: self.tab, visit: Some(visit.clone()) }
    }
}

/// The page of a patient.
pub(crate) fn patient(id: &Id) -> String {
    format!("/p/{id}")
}

/// A visit of a patient.
pub(crate) fn visit(patient: &Id, visit: &Id) -> String {
    format!("/p/{patient}/v/{visit}")
}

/// Something about a visit of a patient: `note`, `finish`, `history` …
pub(crate) fn of_visit(patient: &Id, visit: &Id, what: &str) -> String {
    format!("/p/{patient}/v/{visit}/{what}")
}

/// 紹介状・返書 of a patient.
pub(crate) fn letters(patient: &Id) -> String {
    format!("/p/{patient}/letters")
}

/// One letter.
pub(crate) fn letter(patient: &Id, letter: &Id) -> String {
    format!("/p/{patient}/letters/{letter}")
}

/// A new letter, written in a visit.
pub(crate) fn new_letter(patient: &Id, visit: Option<&Id>) -> String {
    visit.map_or_else(|| format!("/p/{patient}/letters/new"), |visit| format!("/p/{patient}/letters/new?visit={visit}"))
}

/// 診療録の印刷
pub(crate) fn print_chart(patient: &Id) -> String {
    format!("/print/chart/{patient}")
}

/// 病名
pub(crate) fn problems(patient: &Id) -> String {
    format!("/p/{patient}/problems")
}

/// One disease name.
pub(crate) fn problem(patient: &Id, problem: &Id) -> String {
    format!("/p/{patient}/problems/{problem}")
}

/// アレルギー
pub(crate) fn allergies(patient: &Id) -> String {
    format!("/p/{patient}/allergies")
}

/// One allergy (POST).
pub(crate) fn allergy(patient: &Id, entry: &Id) -> String {
    format!("/p/{patient}/allergies/{entry}")
}

/// 結果とグラフ
pub(crate) fn results(patient: &Id) -> String {
    format!("/p/{patient}/results")
}

/// 文書・画像
pub(crate) fn documents(patient: &Id) -> String {
    format!("/p/{patient}/documents")
}

/// One document.
pub(crate) fn document(patient: &Id, document: &Id) -> String {
    format!("/p/{patient}/documents/{document}")
}

/// What a browser may show of a document.
pub(crate) fn preview(patient: &Id, document: &Id) -> String {
    format!("/p/{patient}/documents/{document}/preview")
}

/// Draws on a template.
pub(crate) fn schema(patient: &Id, template: &str) -> String {
    format!("/p/{patient}/schema/{template}")
}

/// Takes a step with a visit (POST).
pub(crate) fn step(visit: &Id) -> String {
    format!("/reception/visits/{visit}/step")
}

/// Something else that is done with a visit at the desk (POST): `tag`, `order`, `assign`, `cancel`, `restore`.
pub(crate) fn reception_visit(visit: &Id, what: &str) -> String {
    format!("/reception/visits/{visit}/{what}")
}

/// The slip of a visit, to be printed.
pub(crate) fn slip(visit: &Id) -> String {
    format!("/print/slip/{visit}")
}

/// Something about a patient at the desk: `arrive`, `edit`, `insurance`, `public`, `merge`, `unmerge`.
pub(crate) fn about(patient: &Id, what: &str) -> String {
    format!("/p/{patient}/{what}")
}

/// What other institutions say of a patient, on one page.
pub(crate) fn outside(patient: &Id) -> String {
    format!("/p/{patient}/outside")
}

/// Retries a job (POST).
pub(crate) fn retry(job: u64) -> String {
    format!("/outgoing/{job}/retry")
}

/// Discards a job (POST).
pub(crate) fn discard(job: u64) -> String {
    format!("/outgoing/{job}/discard")
}

/// The page of a set.
pub(crate) fn set(id: &Id) -> String {
    format!("/settings/sets/{id}")
}

/// Searches for a set, without script (POST).
pub(crate) fn set_search(id: &Id) -> String {
    format!("/settings/sets/{id}/search")
}

/// Renames a set (POST).
pub(crate) fn set_title(id: &Id) -> String {
    format!("/settings/sets/{id}/title")
}

/// Puts something into a set (POST).
pub(crate) fn set_items(id: &Id) -> String {
    format!("/settings/sets/{id}/items")
}

/// Takes something out of a set (POST).
pub(crate) fn set_remove(id: &Id) -> String {
    format!("/settings/sets/{id}/items/remove")
}

/// Writes what goes with an item of a set.
pub(crate) fn set_note(id: &Id) -> String {
    format!("/settings/sets/{id}/items/note")
}

/// Puts a set away (POST).
pub(crate) fn set_retire(id: &Id) -> String {
    format!("/settings/sets/{id}/retire")
}

/// Brings a set back (POST).
pub(crate) fn set_restore(id: &Id) -> String {
    format!("/settings/sets/{id}/restore")
}

/// The prescription of a visit, and acts on it: `find`, `drugs`, `days`, `set`, `undo`, `answer` (POST); empty: its page.
pub(crate) fn order(patient: &Id, visit: &Id, act: &str) -> String {
    let slash = if act.is_empty() { "" } else { "/" };
    format!("/p/{patient}/v/{visit}/orders{slash}{act}")
}

/// A line of the prescription, and acts on it: `dose`, `remove`, `move`, `stop` (POST); empty: its form.
pub(crate) fn order_line(patient: &Id, visit: &Id, line: &Id, act: &str) -> String {
    let slash = if act.is_empty() { "" } else { "/" };
    format!("/p/{patient}/v/{visit}/orders/lines/{line}{slash}{act}")
}

/// Copies the prescription of a visit into the open one (POST).
pub(crate) fn order_do(patient: &Id, from: &Id) -> String {
    format!("/p/{patient}/v/{from}/do")
}

/// Everything ordered in a visit besides drugs to take.
pub(crate) fn requests(patient: &Id, visit: &Id) -> String {
    format!("/p/{patient}/v/{visit}/requests")
}

/// An act on one request of a visit: `remove`, `restore` (POST).
pub(crate) fn request_act(patient: &Id, visit: &Id, request: &Id, act: &str) -> String {
    format!("/p/{patient}/v/{visit}/requests/{request}/{act}")
}

/// An act on a request in the list of work: `perform`, `undo` (POST), `result`.
pub(crate) fn work_act(request: &Id, act: &str) -> String {
    format!("/worklist/{request}/{act}")
}

/// Labels of specimens and the slip, to print.
pub(crate) fn labels(visit: &Id) -> String {
    format!("/print/labels/{visit}")
}

/// Audit events, of one patient and before a position when given.
pub(crate) fn audit(patient: Option<&Id>, before: Option<u64>) -> String {
    match (patient, before) {
        (None, None) => "/audit".to_owned(),
        (Some(p), None) => format!("/audit?patient={p}"),
        (None, Some(b)) => format!("/audit?before={b}"),
        (Some(p), Some(b)) => format!("/audit?patient={p}&before={b}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_place_in_reception_goes_into_the_address_and_defaults_stay_out() {
        let id = Id::new("018f-ab").unwrap();
        let plain = ReceptionPlace { date: None, tab: Tab::Inside, visit: None };
        assert_eq!(plain.url(), "/reception");
        let full = ReceptionPlace { date: "2026-11-20".parse().ok(), tab: Tab::Payment, visit: Some(id) };
        assert_eq!(full.url(), "/reception?date=2026-11-20&status=payment&v=018f-ab");
        assert_eq!(full.rows(), "/reception/rows?date=2026-11-20&status=payment&v=018f-ab");
        for tab in Tab::ALL {
            assert_eq!(Tab::parse(Some(tab.code())), tab);
        }
        assert_eq!(Tab::parse(Some("nonsense")), Tab::Inside);
    }
}
