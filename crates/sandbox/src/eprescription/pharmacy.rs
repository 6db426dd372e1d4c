//! The pharmacy robot: accepts, dispenses as prescribed or with substitution, in part, returns, leaves messages,
//! dispenses refills.
use super::Service;
use super::held::{Held, Result as Dispensed, same};
use jiff::ToSpan as _;
use karute_crypto::uuid_v7;
use karute_eprescription::wire::dispensing::{
    Dispensed as Group, DispensedDrug, Dispensing, Insured as Holder, Pharmacy, Prescriber, Refill,
};
use karute_eprescription::wire::envelope::DispensingEnvelope;
use karute_eprescription::wire::message::{Insured, ServiceStatus};
use karute_eprescription::wire::prescription::{
    CodeKind, DosageForm, Drug, DrugSupplementKind, Group as Prescribed, Prescription,
};
use karute_japan::{Date, Timestamp};
use serde::{Deserialize, Serialize};

/// What the robot shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// 受付
    Accept,
    /// 受付取消
    CancelAccept,
    /// Dispense; general names become a product.
    Dispense,
    /// Dispense with generics wherever that is allowed.
    Substitute,
    /// Dispense fewer days of the first RP, with the answer to an inquiry.
    Partial,
    /// 回収
    Return,
    /// Dispense and leave a message for the doctor.
    Message,
    /// Dispense the next refill.
    RefillNext,
}

/// An order to the robot: what a patient brings to the counter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// 引換番号
    pub access_code: String,
    /// 保険者番号
    pub insurer: String,
    /// 記号
    #[serde(default)]
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 枝番
    #[serde(default)]
    pub branch: String,
    /// What to do.
    pub action: Action,
}

/// What the robot did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handed {
    /// 処方箋ID
    pub prescription: String,
    /// 調剤結果ID, where it dispensed.
    pub dispensing: Option<String>,
    /// The service's text of the state.
    pub status: &'static str,
}

/// Why the robot did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RobotError {
    /// No prescription with this number and insured person.
    #[error("引換番号と被保険者に一致する処方箋がありません。")]
    NotFound,
    /// Its days are over.
    #[error("使用期限を過ぎています。")]
    Expired,
    /// It is not in the state for this.
    #[error("この処方箋の状態では行えません。")]
    State,
    /// The next refill is planned for other days.
    #[error("次回調剤予定日の前後7日ではありません。")]
    RefillDay,
    /// What it would write does not fit the record table.
    #[error("調剤結果を作成できません。")]
    Form,
}

/// The pharmacy that has a prescription.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    /// 医療機関コード, 10 digits.
    pub(crate) code: String,
    pub(crate) name: String,
}

/// Days around the planned day of a refill (digest section 14).
const REFILL_WINDOW: i64 = 7;

impl Service {
    /// The robot does what it is told; `now` is the service's time.
    ///
    /// # Errors
    /// See [`RobotError`]; nothing has changed then.
    pub fn robot(&self, order: &Order, now: Timestamp) -> Result<Handed, RobotError> {
        let person = Insured {
            insurer: order.insurer.clone(),
            symbol: order.symbol.clone(),
            number: order.number.clone(),
            branch: order.branch.clone(),
        };
        let mut world = crate::lock(&self.world);
        self.ripen(&mut world, now);
        let held = world
            .held
            .values_mut()
            .find(|held| held.stands() && held.access_code == order.access_code && same(&held.insured(), &person))
            .ok_or(RobotError::NotFound)?;
        let today = now.day_in_japan();
        let dispensing = match order.action {
            Action::Accept => {
                accept(held, today)?;
                None
            }
            Action::CancelAccept if held.status == ServiceStatus::InDispensing => {
                (held.status, held.pharmacy) = (ServiceStatus::Issued, None);
                None
            }
            Action::Return if matches!(held.status, ServiceStatus::Issued | ServiceStatus::InDispensing) => {
                held.status = ServiceStatus::Returned;
                None
            }
            Action::CancelAccept | Action::Return => return Err(RobotError::State),
            Action::RefillNext => {
                let planned = held.next_refill.ok_or(RobotError::State)?;
                if held.refills_left() == 0 {
                    return Err(RobotError::State);
                }
                let window =
                    planned.saturating_sub(REFILL_WINDOW.days())..=planned.saturating_add(REFILL_WINDOW.days());
                if !window.contains(&today) {
                    return Err(RobotError::RefillDay);
                }
                Some(self.dispense(held, Action::Dispense, now)?)
            }
            Action::Dispense | Action::Substitute | Action::Partial | Action::Message => {
                match held.status {
                    ServiceStatus::Issued => accept(held, today)?,
                    ServiceStatus::InDispensing => {}
                    _ => return Err(RobotError::State),
                }
                Some(self.dispense(held, order.action, now)?)
            }
        };
        held.updated = now;
        Ok(Handed { prescription: held.id.clone(), dispensing, status: held.status.text() })
    }

    /// The robot works by itself: what was registered electronically `walk_ms` ago is accepted, and dispensed with
    /// generics as long again after that. What cannot be dispensed stays with the pharmacy.
    pub fn serve_waiting(&self, now: Timestamp, walk_ms: i64) {
        let mut world = crate::lock(&self.world);
        self.ripen(&mut world, now);
        let today = now.day_in_japan();
        for held in world.held.values_mut().filter(|held| held.electronic && held.stands()) {
            if held.updated.plus_ms(walk_ms) > now {
                continue;
            }
            let done = match held.status {
                ServiceStatus::Issued => accept(held, today).is_ok(),
                ServiceStatus::InDispensing => self.dispense(held, Action::Substitute, now).is_ok(),
                _ => continue,
            };
            if done {
                held.updated = now;
            }
        }
    }

    fn dispense(&self, held: &mut Held, action: Action, now: Timestamp) -> Result<String, RobotError> {
        let date = now.day_in_japan();
        let count = held.dispensed.len() + 1;
        let refill = held.what.refill.map(|total| {
            let over = count >= usize::from(total);
            let days = held.what.groups.iter().map(days).max().unwrap_or_default();
            let next = (!over).then(|| date.saturating_add(i64::from(days).days()));
            Refill { count: u8::try_from(count).unwrap_or(u8::MAX), over, next }
        });
        let result = self.result(&held.id, &held.what, action, date, refill);
        let profile = &self.settings.profile;
        let csv = result.to_csv(profile).map_err(|_| RobotError::Form)?;
        let id = uuid_v7(now.as_millis(), &self.entropy);
        let envelope = DispensingEnvelope {
            dispensing_id: id.clone(),
            prescription_id: Some(held.id.clone()),
            prescription: held.csv.clone(),
            csv,
            signed: false,
        };
        let message = !result.messages.is_empty() || !result.inquiries.is_empty();
        held.dispensed.push(Dispensed { id: id.clone(), envelope: envelope.write(profile), date, message });
        held.next_refill = refill.and_then(|refill| refill.next);
        held.status = ServiceStatus::Dispensed;
        Ok(id)
    }

    fn result(&self, id: &str, what: &Prescription, action: Action, date: Date, refill: Option<Refill>) -> Dispensing {
        let mut messages = Vec::new();
        let mut inquiries = Vec::new();
        let mut groups = Vec::new();
        for (rp, group) in (1_u16..).zip(&what.groups) {
            let mut quantity = group.quantity;
            if action == Action::Partial && rp == 1 && quantity > 3 {
                quantity -= 3;
                inquiries.push(("999".to_owned(), "残薬３日分あり　医師に確認し日数を変更".to_owned()));
            }
            let mut substituted = false;
            let drugs = group.drugs.iter().map(|drug| {
                let (made, other) = self.product(drug, action == Action::Substitute, date);
                substituted |= other;
                made
            });
            let drugs = drugs.collect();
            if substituted {
                messages.push(("後発医薬品に変更しました".to_owned(), "99".to_owned()));
            }
            let (unit, form) = match group.form {
                DosageForm::Internal | DosageForm::InternalDrops => ("日分", "1"),
                DosageForm::AsNeeded => ("回分", "3"),
                DosageForm::External | DosageForm::Material | DosageForm::Unknown => ("調剤", "5"),
                DosageForm::Injection => ("調剤", "4"),
            };
            groups.push(Group {
                rp,
                drugs,
                usage: group.usage_name.clone(),
                quantity,
                unit: unit.to_owned(),
                form: form.to_owned(),
                usage_code: group.usage_code.clone(),
                supplements: group.supplements.iter().map(|supplement| supplement.text.clone()).collect(),
            });
        }
        if action == Action::Message {
            messages.push(("飲みにくいとの訴えがありました".to_owned(), "99".to_owned()));
        }
        let place = &what.institution;
        let department = what.department.as_ref().map(|department| department.name.clone()).unwrap_or_default();
        Dispensing {
            patient: what.patient.name.clone(),
            kana: what.patient.kana.clone(),
            sex: what.patient.sex,
            birth: what.patient.birth,
            date,
            insurance: what.insurance.as_ref().map(|insurance| Holder {
                kind: insurance.kind.code().to_owned(),
                insurer: insurance.insurer.clone(),
                symbol: insurance.symbol.clone(),
                number: insurance.number.clone(),
                branch: insurance.branch.clone(),
            }),
            prescription: id.to_owned(),
            pharmacy: pharmacy(),
            pharmacists: vec!["調剤　一郎".to_owned()],
            institution: Some(Prescriber {
                name: place.name.clone(),
                prefecture: place.prefecture.clone(),
                table: place.table.clone(),
                code: place.code.clone(),
            }),
            doctors: vec![(what.doctor.name.clone(), department)],
            groups,
            messages,
            inquiries,
            leftovers: Vec::new(),
            remarks: Vec::new(),
            refill,
        }
    }

    /// What is handed out for a drug, and whether it is another product than prescribed.
    fn product(&self, drug: &Drug, substitute: bool, on: Date) -> (DispensedDrug, bool) {
        let kept = drug.supplements.iter().any(|supplement| {
            matches!(supplement.kind, Some(DrugSupplementKind::NoGeneric | DrugSupplementKind::PatientWantsBrand))
        });
        let general = drug.code_kind == CodeKind::General;
        let wanted = general || (substitute && !kept);
        let found = wanted.then(|| self.settings.book.product(drug.code_kind, &drug.code, on, !kept)).flatten();
        let found = found.filter(|product| general || (product.generic && product.code != drug.code));
        let (name, code_kind, code) = match &found {
            Some(product) => (product.name.clone(), "2", product.code.clone()),
            // A general name of which the book has no product: by its name without the mark.
            None if general => (drug.name.trim_start_matches("【般】").to_owned(), "1", String::new()),
            None => (drug.name.clone(), drug.code_kind.code(), drug.code.clone()),
        };
        let substituted = substitute && found.is_some();
        let (amount, unit) = (drug.amount, drug.unit.clone());
        (DispensedDrug { name, amount, unit, code_kind: code_kind.to_owned(), code }, substituted)
    }
}

fn accept(held: &mut Held, today: Date) -> Result<(), RobotError> {
    if held.status != ServiceStatus::Issued {
        return Err(RobotError::State);
    }
    if today > held.what.last_day() {
        return Err(RobotError::Expired);
    }
    held.status = ServiceStatus::InDispensing;
    let shop = pharmacy();
    held.pharmacy = Some(Shop { code: format!("{}{}{}", shop.prefecture, shop.table, shop.code), name: shop.name });
    Ok(())
}

/// How many days an RP lasts; other forms than oral do not tell.
fn days(group: &Prescribed) -> u16 {
    match group.form {
        DosageForm::Internal | DosageForm::InternalDrops => group.quantity,
        _ => 0,
    }
}

fn pharmacy() -> Pharmacy {
    Pharmacy {
        name: "架空薬局".to_owned(),
        prefecture: "13".to_owned(),
        table: "4".to_owned(),
        code: "7654320".to_owned(),
        postal: "100-0000".to_owned(),
        address: "東京都千代田区架空町２－１".to_owned(),
        phone: "03-0000-0009".to_owned(),
    }
}
