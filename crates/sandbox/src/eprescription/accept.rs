//! Taking prescriptions in: strict validation (digest section 14) before anything is kept.
use super::Service;
use super::answer::{Refusal, find, waiting};
use super::held::{Held, MAX_HELD, World, of, same};
use super::signature::SignatureFault;
use karute_crypto::{Entropy as _, uuid_v7};
use karute_eprescription::wire::csv::{CsvFaults, FaultKind};
use karute_eprescription::wire::envelope::Opened;
use karute_eprescription::wire::message::{Finding, Ids, Insured, Received, ServiceStatus};
use karute_eprescription::wire::prescription::Prescription;
use karute_eprescription::wire::rules;
use karute_japan::Timestamp;

/// The insured person must be known to the service.
pub(super) fn known_person(world: &World, person: &Insured) -> Result<(), Refusal> {
    if world.unknown.iter().any(|unknown| same(unknown, person)) {
        return Err(Refusal::new("person_not_found", "被保険者の資格が確認できません。"));
    }
    Ok(())
}

/// Result codes for the faults of a CSV.
pub(super) fn csv_refusal(service: &Service, faults: &CsvFaults) -> Refusal {
    let name = |kind: FaultKind| match kind {
        FaultKind::LineEnd => "line_end",
        FaultKind::Rule(words) if words == rules::UNKNOWN_DRUG => "unknown_drug",
        FaultKind::Rule(words) if words == rules::NO_REFILL => "refill_not_allowed",
        FaultKind::Rule(_) | FaultKind::Item(_) | FaultKind::ItemCount | FaultKind::Encoding | FaultKind::TooLarge => {
            "item_wrong"
        }
        _ => "record_missing",
    };
    let profile = &service.settings.profile;
    let csv = faults
        .list()
        .iter()
        .map(|fault| Finding { code: profile.result_code(name(fault.kind)).to_owned(), message: fault.to_string() });
    let code = faults.list().first().map_or("item_wrong", |fault| name(fault.kind));
    Refusal { csv: csv.collect(), ..Refusal::new(code, "記録内容に誤りがあります。") }
}

/// Reads a CSV and holds it against the rules and the book.
pub(super) fn read_csv(service: &Service, csv: &[u8]) -> Result<Prescription, Refusal> {
    let profile = &service.settings.profile;
    let what = Prescription::from_csv(csv, profile).map_err(|faults| csv_refusal(service, &faults))?;
    rules::check(&what, &service.settings.book).map_err(|faults| csv_refusal(service, &faults))?;
    let usages =
        (1..).zip(&what.groups).filter(|(_, group)| !service.settings.book.usage(&group.usage_code, what.issued));
    let unknown: Vec<Finding> = usages
        .map(|(rp, _): (u16, _)| Finding {
            code: profile.result_code("unknown_usage").to_owned(),
            message: format!("111,{rp}: 用法コードがマスタにありません。"),
        })
        .collect();
    if unknown.is_empty() {
        return Ok(what);
    }
    Err(Refusal { csv: unknown, ..Refusal::new("unknown_usage", "記録内容に誤りがあります。") })
}

/// What a registration or change brings, checked.
fn incoming(
    service: &Service,
    world: &World,
    asked: &Received,
    now: Timestamp,
) -> Result<(Prescription, Vec<u8>, bool), Refusal> {
    let profile = &service.settings.profile;
    let malformed = |message: String| Refusal {
        xml: vec![Finding { code: profile.result_code("malformed").to_owned(), message }],
        ..Refusal::new("malformed", "電子処方箋ファイルの形式が正しくありません。")
    };
    let envelope = asked.decoded("prescription").map_err(|error| malformed(error.to_string()))?;
    let opened = Opened::read(&envelope, profile).map_err(|error| malformed(error.to_string()))?;
    if opened.prescription_id.is_some() || opened.additional {
        return Err(malformed("サービスが付与する要素があります。".to_owned()));
    }
    let electronic = match asked.get("issue") {
        "1" => true,
        "2" => false,
        _ => return Err(malformed("発行形態が正しくありません。".to_owned())),
    };
    match (electronic, &opened.signature) {
        (true, None) => return Err(Refusal::new("signature_invalid", "電子署名がありません。")),
        (false, Some(_)) => return Err(malformed("紙の処方箋に電子署名は付けられません。".to_owned())),
        _ => {}
    }
    let what = read_csv(service, &opened.csv)?;
    if electronic {
        service.settings.signatures.verify(&envelope, &opened, now).map_err(|fault| match fault {
            SignatureFault::Invalid => Refusal::new("signature_invalid", "電子署名を検証できません。"),
            SignatureFault::Expired => Refusal::new("certificate_expired", "証明書が有効ではありません。"),
            SignatureFault::Role => Refusal::new("role_wrong", "医師または歯科医師の証明書ではありません。"),
        })?;
    }
    if what.institution.ten_digits() != asked.institution {
        return Err(Refusal::new("institution_mismatch", "医療機関コードが一致しません。"));
    }
    if what.issued != now.day_in_japan() {
        return Err(Refusal::new("issue_date_outside", "交付年月日が当日ではありません。"));
    }
    known_person(world, &of(&what))?;
    if world.held.len() >= MAX_HELD {
        return Err(Refusal::new("injected", "模擬環境の保存件数が上限に達しました。"));
    }
    Ok((what, opened.csv, electronic))
}

pub(super) fn register(service: &Service, world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let (what, csv, electronic) = incoming(service, world, asked, now)?;
    Ok(keep(service, world, asked, (what, csv, electronic), now, None))
}

/// The old one dies with its number, a new one comes; only while no pharmacy has the old one (digest 4.2).
pub(super) fn change(service: &Service, world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let old = asked.get("id").to_owned();
    let held = find(world, &old, &asked.institution)?;
    if held.replaced_by.is_some() {
        return Err(Refusal::new("prescription_not_found", "処方箋が見つかりません。"));
    }
    waiting(held)?;
    let person = held.insured();
    let incoming = incoming(service, world, asked, now)?;
    if !same(&person, &of(&incoming.0)) {
        return Err(Refusal::new("person_not_found", "変更前の処方箋と被保険者が異なります。"));
    }
    let ids = keep(service, world, asked, incoming, now, Some(old.clone()));
    let held = find(world, &old, &asked.institution)?;
    held.replaced_by = Some(ids.id.clone());
    held.updated = now;
    Ok(ids)
}

fn keep(
    service: &Service,
    world: &mut World,
    asked: &Received,
    (what, csv, electronic): (Prescription, Vec<u8>, bool),
    now: Timestamp,
    replaces: Option<String>,
) -> Ids {
    let ids = Ids { id: uuid_v7(now.as_millis(), &service.entropy), access_code: number(service, world) };
    world.held.insert(
        ids.id.clone(),
        Held {
            id: ids.id.clone(),
            access_code: ids.access_code.clone(),
            institution: asked.institution.clone(),
            csv,
            what,
            electronic,
            created: now,
            updated: now,
            status: ServiceStatus::Issued,
            pharmacy: None,
            dispensed: Vec::new(),
            next_refill: None,
            replaced_by: None,
            replaces,
        },
    );
    ids
}

/// A number that no standing prescription has.
fn number(service: &Service, world: &World) -> String {
    let (digits, range) = if service.settings.long_codes { (16, 10_u64.pow(16)) } else { (6, 10_u64.pow(6)) };
    loop {
        let mut random = [0; 8];
        service.entropy.fill(&mut random);
        let number = format!("{:0digits$}", u64::from_be_bytes(random) % range);
        if !world.held.values().any(|held| held.stands() && held.access_code == number) {
            return number;
        }
    }
}
