//! The table: a row for every time, a column for every schedule (day) or day (week).
use super::new;
use super::place::{BookPlace, local};
use crate::components::field::hidden;
use crate::components::tag::{Tone, tag};
use crate::format;
use jiff::ToSpan as _;
use karute_chart::booking::{Agenda, Booked, Day, Schedule, Slot, TimeOfDay};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// What the table is drawn from.
pub(super) struct View<'v> {
    pub(super) agenda: &'v Agenda,
    pub(super) place: &'v BookPlace,
    /// The schedule of the week.
    pub(super) column: Option<&'v Schedule>,
    /// The appointment being moved, and its version.
    pub(super) carried: Option<(&'v Id, u32)>,
    pub(super) now: Timestamp,
    pub(super) today: Date,
}

/// A column of the table.
struct Column<'v> {
    title: String,
    note: Option<String>,
    /// Where the heading leads.
    link: Option<String>,
    schedule: Option<&'v Id>,
    day: Day,
    booked: Vec<&'v Booked>,
}

impl View<'_> {
    fn columns(&self) -> Vec<Column<'_>> {
        if self.place.week { self.days() } else { self.schedules() }
    }

    fn schedules(&self) -> Vec<Column<'_>> {
        let date = self.place.date;
        let of = |id: Option<&Id>| -> Vec<&Booked> {
            self.agenda
                .booked
                .iter()
                .filter(|b| b.schedule.as_ref() == id && b.appointment.status != "cancelled")
                .collect()
        };
        let mut all: Vec<Column<'_>> = Vec::new();
        for schedule in &self.agenda.schedules {
            let booked = of(Some(&schedule.id));
            // What is no longer offered is shown as long as somebody stands in it.
            if !schedule.active && booked.is_empty() {
                continue;
            }
            let day = if schedule.active { self.agenda.day(schedule, date) } else { Day::default() };
            let note = day.words.clone().or_else(|| (!schedule.active).then(|| "使っていない枠".to_owned()));
            let week = BookPlace { week: true, schedule: Some(schedule.id.clone()), ..self.place.on(date) };
            let link = Some(week.url());
            all.push(Column { title: schedule.title.clone(), note, link, schedule: Some(&schedule.id), day, booked });
        }
        let others = of(None);
        if !others.is_empty() {
            let note = Some("枠の外の予約".to_owned());
            all.push(Column {
                title: "そのほか".to_owned(),
                note,
                link: None,
                schedule: None,
                day: Day::default(),
                booked: others,
            });
        }
        all
    }

    fn days(&self) -> Vec<Column<'_>> {
        let Some(schedule) = self.column else { return Vec::new() };
        let first = self.place.first();
        let dates = (0..7_i64).filter_map(|n| first.checked_add(n.days()).ok());
        dates
            .map(|date| {
                let day = self.agenda.day(schedule, date);
                let booked = self.agenda.booked.iter().filter(|b| {
                    b.schedule.as_ref() == Some(&schedule.id)
                        && b.start.day_in_japan() == date
                        && b.appointment.status != "cancelled"
                });
                Column {
                    title: format!("{}（{}）", format::near(date, self.today), format::weekday(date)),
                    note: day.words.clone(),
                    link: Some(BookPlace { week: false, ..self.place.on(date) }.url()),
                    schedule: Some(&schedule.id),
                    day,
                    booked: booked.collect(),
                }
            })
            .collect()
    }

    /// The table.
    pub(super) fn table(&self) -> Markup {
        let columns = self.columns();
        let mut times: BTreeSet<TimeOfDay> = BTreeSet::new();
        for column in &columns {
            times.extend(column.day.slots.iter().map(|s| TimeOfDay::of(s.start)));
            times.extend(column.booked.iter().map(|b| TimeOfDay::of(b.start)));
        }
        let now = TimeOfDay::of(self.now);
        let of_today = !self.place.week && self.place.date == self.today;
        html! {
            @if !columns.is_empty() {
                div class="scroll bk-scroll" tabindex="0" role="region" aria-label="予約表" {
                    table class=(if self.place.week { "bk-t bk-w" } else { "bk-t" }) {
                        thead { tr {
                            th scope="col" { span class="vh" { "時刻" } }
                            @for column in &columns {
                                th scope="col" {
                                    @match &column.link { Some(link) => { a href=(link) { (column.title) } } None => { (column.title) } }
                                    @if let Some(note) = &column.note { br; span class="t-12 t-warn" { (note) } }
                                }
                            }
                        } }
                        tbody {
                            @for time in &times {
                                tr class=[(of_today && *time < now).then_some("is-past")] {
                                    th scope="row" { (time) }
                                    @for column in &columns { (self.cell(column, *time)) }
                                }
                            }
                        }
                    }
                    @if times.is_empty() { p class="st t-mute" { "この日の予約枠はありません" } }
                }
            }
        }
    }

    fn cell(&self, column: &Column<'_>, time: TimeOfDay) -> Markup {
        let slot = column.day.slots.iter().find(|s| TimeOfDay::of(s.start) == time);
        let here: Vec<&&Booked> = column.booked.iter().filter(|b| TimeOfDay::of(b.start) == time).collect();
        let target = column.schedule.zip(slot).filter(|(_, s)| s.is_free() && s.end() > self.now);
        html! {
            td data-schedule=[target.map(|(id, _)| id.as_str())] data-at=[target.map(|(_, s)| local(s.start))] {
                div class="bk-c" {
                    @for one in here { (self.chip(one)) }
                    @if let (Some(id), Some(slot)) = (column.schedule, slot) { (self.room(id, slot)) }
                }
            }
        }
    }

    /// An appointment.
    fn chip(&self, one: &Booked) -> Markup {
        let id = &one.appointment.id;
        let chosen = self.place.selected.as_ref() == Some(id);
        let booked = one.appointment.status == "booked";
        html! {
            a class="bk-a" href=(self.place.select(Some(id)).url()) aria-current=[chosen.then_some("true")]
                draggable=[booked.then_some("true")] data-appointment=[booked.then_some(id)] data-version=[booked.then_some(one.appointment.version)] {
                b { (one.person.name) }
                @if let Some(kind) = &one.appointment.kind { span class="t-12" { (kind) } }
                (state(&one.appointment.status))
            }
        }
    }

    /// What is left of a slot.
    fn room(&self, schedule: &Id, slot: &Slot) -> Markup {
        let count = (slot.capacity > 1).then(|| format!("{}/{}", slot.taken, slot.capacity));
        let open = slot.is_free() && slot.end() > self.now;
        let label = slot.label.as_deref().unwrap_or("空き");
        let clock = format::clock(slot.start);
        html! {
            @if let (true, Some((id, version))) = (open, self.carried) {
                form method="post" action={ "/appointments/" (id) "/move" } {
                    (hidden("schedule", schedule.as_str())) (hidden("at", &local(slot.start))) (hidden("version", &version.to_string()))
                    @for (name, value) in self.place.back() { (hidden(name, &value)) }
                    button type="submit" class="btn btn-s btn-sm" { "ここへ" span class="vh" { "：" (clock) } }
                }
            } @else if open {
                a class="bk-free" href=(new::url(Some(schedule), Some(slot.start), None)) {
                    (label) @if let Some(count) = &count { " " (count) } span class="vh" { "：" (clock) "に予約する" }
                }
            } @else if let Some(count) = &count {
                span class="t-12 t-mute" { @if !slot.is_free() { "満 " } (count) }
            }
        }
    }

    /// Appointments that were cancelled, with their reason.
    pub(super) fn cancelled(&self) -> Markup {
        let gone: Vec<&Booked> = self.agenda.booked.iter().filter(|b| b.appointment.status == "cancelled").collect();
        html! {
            @if !gone.is_empty() {
                details class="bk-gone" {
                    summary { "取り消し " (gone.len()) "件" }
                    ul {
                        @for one in gone {
                            li class="row row-w t-13" {
                                a href=(self.place.select(Some(&one.appointment.id)).url()) { (one.person.name) }
                                span { (super::when(one.start, self.today)) }
                                span class="t-mute" { (one.appointment.cancelled.as_deref().unwrap_or("理由の記載なし")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where an appointment stands, when it is more than booked.
pub(super) fn state(status: &str) -> Markup {
    html! {
        @match status {
            "arrived" | "checked-in" | "fulfilled" => { (tag(Tone::Ok, None, "来院")) }
            "noshow" => { (tag(Tone::Warn, None, "来院なし")) }
            "cancelled" => { (tag(Tone::Line, None, "取り消し")) }
            _ => {}
        }
    }
}
