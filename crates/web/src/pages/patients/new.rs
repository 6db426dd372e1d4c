//! 新しい患者: one form, one write. Whoever may be registered already is shown before a second record is made.
use super::form::{Draw, birth_echo};
use super::{insurance, page};
use crate::components::{
    banner,
    field::{hidden, key},
    icon::{Icon, icon},
};
use crate::pages::reception::receive;
use crate::{WebState, error::WebError, format, guard::Signed, input::Filled, links};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karute_chart::registration::{
    Alike, CardForm, Fault, NewPatient, PersonForm, PublicForm, alike, fold_kana, register as keep, register_unknown,
    system,
};
use karute_chart::view::Sex;
use karute_chart::visit::Arrival;
use karute_japan::{Date, contact, era};
use karute_terminology::{Kind, column};
use maud::{Markup, html};
use serde::Deserialize;

/// Everything of the page.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Form {
    #[serde(flatten)]
    person: PersonForm,
    #[serde(flatten)]
    card: CardForm,
    #[serde(flatten)]
    public: PublicForm,
    /// `postal`: fill the address in; otherwise register.
    #[serde(default)]
    act: String,
    /// The numbers that were compared with the card, see [`Form::numbers`].
    #[serde(default)]
    sure: String,
    /// Who is not the same person as anybody shown, see [`Form::identity`].
    #[serde(default)]
    different: String,
}

impl Form {
    /// What the answer to a doubtful number is about: it holds for these numbers and no others.
    fn numbers(&self) -> String {
        [&self.card.card_insurer, &self.public.public_payer, &self.public.public_recipient]
            .map(String::as_str)
            .join("|")
    }
    /// What the answer to the duplicate check is about.
    fn identity(&self) -> String {
        let person = &self.person;
        [&person.family_kana, &person.given_kana, &person.birth].map(String::as_str).join("|")
    }
}

/// What the page asks before it registers.
#[derive(Default)]
struct Questions {
    faults: Vec<Fault>,
    doubts: Vec<String>,
    alike: Vec<Alike>,
    told: Option<String>,
}

/// The empty page.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Markup {
    drawn(&signed, &Form::default(), &Questions::default(), state.today())
}

/// What was typed in a search that found nobody.
#[derive(Deserialize)]
pub(crate) struct Begin {
    q: String,
}

/// The page with what was typed in the search in its fields.
pub(crate) async fn begin(State(state): State<WebState>, signed: Signed, Filled(begin): Filled<Begin>) -> Markup {
    drawn(&signed, &from_search(&begin.q), &Questions::default(), state.today())
}

/// Words of a search in the fields they fit: dates, telephone numbers, readings, names.
fn from_search(typed: &str) -> Form {
    let mut form = Form::default();
    let person = &mut form.person;
    for word in typed.split_whitespace().take(4) {
        let empty = |field: &String| field.is_empty();
        if let Ok(date) = era::parse(word) {
            person.birth = era::short(date);
        } else if let Some(phone) = contact::phone(word) {
            person.phone = phone;
        } else if let Some(kana) = fold_kana(word) {
            let field = if empty(&person.family_kana) { &mut person.family_kana } else { &mut person.given_kana };
            *field = kana;
        } else if word.chars().any(char::is_alphabetic) {
            let field = if empty(&person.family) { &mut person.family } else { &mut person.given };
            word.clone_into(field);
        }
    }
    form
}

fn drawn(signed: &Signed, form: &Form, ask: &Questions, today: Date) -> Markup {
    let start = if ask.alike.is_empty() && ask.doubts.is_empty() { "family" } else { "" };
    let draw = Draw { faults: &ask.faults, prefix: "", start };
    let body = html! {
        form method="post" action="/patients" class="panel reg" data-register {
            (draw.summary())
            @if let Some(words) = &ask.told { p class="note" role="status" { (words) } }
            @if !ask.alike.is_empty() { (same(&ask.alike, form, today)) }
            @if !ask.doubts.is_empty() { (insurance::confirm(&ask.doubts, &form.numbers())) }
            // An answer once given is not asked for again while what it is about stays.
            @else if !form.sure.is_empty() { (hidden("sure", &form.sure)) }
            @if ask.alike.is_empty() && !form.different.is_empty() { (hidden("different", &form.different)) }
            (draw.person(&form.person, today))
            fieldset class="fs" { legend { "保険（あとからでも登録できます）" } (insurance::card(&draw, &form.card)) }
            details class="fs-d" open[!form.public.is_empty()] { summary { "公費" } (insurance::public(&draw, &form.public)) }
            div class="reg-f row row-w" {
                button type="submit" class="btn btn-p btn-lg" data-key="Ctrl+Enter" { "登録して受付へ進む " (key("Ctrl+Enter")) }
                a class="btn" href="/reception" { "やめる" }
            }
        }
        form method="post" action="/patients/unknown" class="panel pn-card" {
            h2 { "氏名がわからない方（仮登録）" }
            p class="t-13" { "救急で来た方などを、すぐに受付して診療を始めます。わかったら「患者情報」で本人を登録するか、もとの記録に統合します。" }
            div class="row row-w" {
                select name="sex" class="sel" aria-label="見たところの性別" { option value="unknown" { "性別不明" } option value="male" { "男" } option value="female" { "女" } }
                input class="sel grow" name="words" maxlength="60" autocomplete="off" aria-label="見分けるための特徴" placeholder="特徴（例 推定40代、青い上着）";
                button type="submit" class="btn" { "仮登録して受付する" }
            }
        }
    };
    let aside = html! { a class="btn end" href="/reception" { "受付一覧へ" } };
    page(signed, "新しい患者", &aside, body)
}

/// Whoever may be the same person, beside what was typed: one has to be chosen.
fn same(found: &[Alike], form: &Form, today: Date) -> Markup {
    let typed = &form.person;
    html! {
        div role="alert" class="note note-warn" {
            (icon(Icon::Triangle))
            div {
                b { "同じ生年月日で、よみの似た方がすでに登録されています" }
                p { "同じ方なら登録せずに、その方の記録を使ってください。" }
            }
        }
        table class="grid-t cmp" {
            caption class="vh" { "登録済みの方とのくらべ" }
            thead { tr { th scope="col" { "" } th scope="col" { "氏名・よみ" } th scope="col" { "生年月日・性別" } th scope="col" { "電話" } th scope="col" { "どうしますか" } } }
            tbody {
                tr {
                    th scope="row" { "今入力した方" }
                    td { b { (typed.family) " " (typed.given) } br; (typed.family_kana) " " (typed.given_kana) }
                    td { (typed.birth) } td { (typed.phone) }
                    td { button type="submit" class="btn" name="different" value=(form.identity()) { "別の方として登録する" } }
                }
                @for other in found {
                    tr {
                        th scope="row" { "患者番号 " (other.person.number.as_deref().unwrap_or("なし")) }
                        td { b { (other.person.name) } br; (other.person.kana.as_deref().unwrap_or_default()) @if !other.same_reading { "（一部ちがう）" } }
                        td { (banner::born(&other.person)) " " (other.person.sex.word()) " " (format::age(&other.person, today)) }
                        td { (other.person.phone.as_deref().unwrap_or_default()) }
                        td { a class="btn btn-s" href=(links::about(&other.person.id, "arrive")) { "この方です" } }
                    }
                }
            }
        }
    }
}

/// How the fields were read, for a script: the birth date in both calendars, the address of a postal code, the reading.
pub(crate) async fn read(State(state): State<WebState>, Filled(mut form): Filled<Form>) -> Markup {
    let found = fill_address(&state, &mut form.person);
    let kana = |typed: &str| fold_kana(typed).unwrap_or_default();
    html! {
        (birth_echo(&form.person.birth, state.today()))
        p id="postal-told" class="t-13" role="status" data-state=(form.person.state) data-city=(form.person.city) data-found=(found.is_some()) {
            @if let Some(words) = found { (words) }
        }
        p id="kana-read" data-family=(kana(&form.person.family_kana)) data-given=(kana(&form.person.given_kana)) {}
    }
}

/// Fills prefecture and town in from the postal code; answers words about it.
pub(super) fn fill_address(state: &WebState, person: &mut PersonForm) -> Option<String> {
    let code = contact::postal_code(&person.postal)?;
    let masters = state.masters();
    let table = masters.table(Kind::Postal)?;
    let digits = code.replace('-', "");
    let keys: Vec<String> = (1..=30).map(|n| format!("{digits}|{n}")).collect();
    let rows: Vec<_> = keys.iter().map_while(|key| table.newest(key)).collect();
    let Some(first) = rows.first() else {
        return Some(format!("〒{code} は郵便番号のマスターにありません。住所を入力してください。"));
    };
    first.get(column::postal::PREFECTURE).clone_into(&mut person.state);
    // Several towns share the code: only what they share is filled in.
    let town = if rows.len() == 1 { first.get(column::postal::TOWN) } else { "" };
    person.city = format!("{}{town}", first.get(column::postal::CITY));
    let towns = rows.iter().map(|r| r.get(column::postal::TOWN)).collect::<Vec<_>>().join("、");
    Some(if rows.len() == 1 {
        format!("〒{code} {}{}", person.state, person.city)
    } else {
        format!("町名を選んで入力してください：{towns}")
    })
}

/// Registers, or asks first.
pub(crate) async fn register(
    State(state): State<WebState>,
    signed: Signed,
    Filled(mut form): Filled<Form>,
) -> Result<Response, WebError> {
    let today = state.today();
    if form.act == "postal" {
        let told = fill_address(&state, &mut form.person)
            .or_else(|| Some("郵便番号は7桁の数字です（例 123-4567）。".to_owned()));
        return Ok(drawn(&signed, &form, &Questions { told, ..Questions::default() }, today).into_response());
    }
    let access = state.access(&signed.caller);
    let mut ask = Questions::default();
    let person = form.person.read(today).map_err(|faults| ask.faults.extend(faults)).ok();
    let birth = person.as_ref().and_then(|p| p.birth);
    let card = (!form.card.is_empty()).then(|| form.card.read(birth, today).map_err(|f| ask.faults.extend(f)).ok());
    let card = card.flatten();
    let public = (!form.public.is_empty()).then(|| form.public.read().map_err(|f| ask.faults.extend(f)).ok()).flatten();
    if form.sure.is_empty() || form.sure != form.numbers() {
        ask.doubts = insurance::doubts(card.as_ref(), public.as_ref());
    }
    if let (Some(details), Some(birth), true) =
        (&person, birth, form.different.is_empty() || form.different != form.identity())
    {
        ask.alike = alike(&access, birth, (&details.family_kana, details.given_kana.as_deref()), None).await?;
    }
    let open = !ask.faults.is_empty() || !ask.doubts.is_empty() || !ask.alike.is_empty();
    let Some(details) = person.filter(|_| !open) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(&signed, &form, &ask, today)).into_response());
    };
    let new = NewPatient {
        id: state.new_id()?,
        details,
        card: match card {
            Some(card) => Some((state.new_id()?, card)),
            None => None,
        },
        public: match public {
            Some(public) => Some((state.new_id()?, public)),
            None => None,
        },
    };
    keep(&access, &new, &system(&signed.info.institution_code)).await?;
    let next = if signed.rights.move_visits { "arrive" } else { "edit" };
    Ok(Redirect::to(&links::about(&new.id, next)).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Unknown {
    sex: String,
    words: String,
}

/// Registers somebody unknown and, where the person may, receives them at once.
pub(crate) async fn unknown(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Unknown>,
) -> Result<Response, WebError> {
    let sex = match form.sex.as_str() {
        "male" => Sex::Male,
        "female" => Sex::Female,
        _ => Sex::Unknown,
    };
    let access = state.access(&signed.caller);
    let id = state.new_id()?;
    register_unknown(&access, &id, sex, &form.words, &system(&signed.info.institution_code)).await?;
    if !signed.rights.move_visits {
        return Ok(Redirect::to(&links::about(&id, "edit")).into_response());
    }
    let arrival = Arrival::WalkIn { patient: id, kind: None, reason: Some("救急（仮登録）".to_owned()) };
    let made = receive(&state, &signed, arrival).await?;
    let place = links::ReceptionPlace { date: None, tab: links::Tab::Inside, visit: Some(made.id) };
    Ok(Redirect::to(&place.url()).into_response())
}
