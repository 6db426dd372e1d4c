//! Watching what became of prescriptions: the late search, states, results, the copy.
use super::record::{self, binary};
use super::{Course, Failure, Jobs, words};
use crate::flow::{Act, Event, State};
use crate::wire::envelope::DispensingEnvelope;
use crate::wire::message::{DateRange, ServiceStatus, StatusReport};
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Commit, Expect};

impl Jobs {
    /// Searches once every sending has taken effect or never will, and cancels what is not to be.
    pub(super) async fn settle(&self, access: &Access, task: &Id) -> Result<Commit, Failure> {
        let mut course = Course::new(access, record::load(access, task).await?);
        let given = record::document(access, &course.kept, self.client.profile()).await?;
        let Some((search, may_doom)) = self.search(&course, &given.what, true).await? else {
            return Err(Failure::later("処方箋ID検索ができませんでした。"));
        };
        let more = !search.candidates.is_empty();
        // What was found might be another's: that of a sending under way, whose number is not known yet.
        if more && !may_doom {
            return Err(Failure::later("同じ患者の別の処方箋の結果を待っています。"));
        }
        course.happens(&Event::Searched(search), self.now(), self.settle_ms());
        // Doomed durably before the first cancel; fails when the prescription was written on meanwhile.
        course.keep(self.now()).await?;
        while let Some(act) = course.todo.pop_front() {
            match act {
                Act::CancelSurplus(id) => self.cancel_surplus(&mut course, &id).await?,
                Act::AskStatus(_) => course.jobs.push(super::status_job(&course.kept)),
                _ => {}
            }
        }
        if more {
            // This very job looks once more, and ends when nothing is found.
            course.keep(self.now()).await?;
            return Err(Failure::later("余分な登録を取り消しました。もう一度確認します。"));
        }
        Ok(course.commit(self.now())?)
    }

    /// State and dispensing result of one prescription.
    pub(super) async fn status(&self, access: &Access, task: &Id) -> Result<Commit, Failure> {
        let mut course = Course::new(access, record::load(access, task).await?);
        let Some(id) = course.kept.stored.life.id.clone() else { return Ok(Commit::new(Action::Update)) };
        let report = self.status_at(&course, &id).await?.map_err(|error| Failure::later(words(&error)))?;
        let mut results = Vec::new();
        self.take(&mut course, &id, &report, &mut results)?;
        let mut commit = course.commit(self.now())?;
        commit.changes.extend(results);
        Ok(commit)
    }

    fn take(
        &self,
        course: &mut Course<'_>,
        id: &str,
        report: &StatusReport,
        results: &mut Vec<karute_ledger::Change>,
    ) -> Result<(), Failure> {
        let (now, settle_ms) = (self.now(), self.settle_ms());
        course.happens(&Event::Seen { id: id.to_owned(), status: report.status }, now, settle_ms);
        // What a state of the service asks for is the sending job's.
        if !course.todo.is_empty() {
            course.todo.clear();
            course.jobs.push(super::send_job(&course.kept));
        }
        let pharmacy = Some(report.pharmacy_name.clone()).filter(|name| !name.is_empty());
        if course.kept.stored.pharmacy != pharmacy {
            course.kept.stored.pharmacy = pharmacy;
            course.changed = true;
        }
        let last_day: Option<Date> = course.kept.stored.last_day.parse().ok();
        let over = last_day.is_some_and(|last_day| now.day_in_japan() > last_day) && !course.kept.is_in_house();
        if report.status == ServiceStatus::Issued && over && course.kept.stored.life.state == State::Registered {
            course.happens(&Event::DaysOver, now, settle_ms);
        }
        let Some(bytes) = &report.dispensing else { return Ok(()) };
        // A result that cannot be read is not thrown away silently: the job stays visible.
        let envelope = DispensingEnvelope::read(bytes, self.client.profile())
            .map_err(|error| Failure { message: error.to_string(), permanent: true })?;
        let result = Id::new(&envelope.dispensing_id)
            .map_err(|_| Failure {
                message: "調剤結果IDが正しくありません。".to_owned(), permanent: true
            })?;
        if !course.kept.stored.results.contains(&envelope.dispensing_id) {
            results.push(binary(&result, &course.kept.patient, "application/xml", bytes, Expect::Absent)?);
            course.kept.stored.results.push(envelope.dispensing_id);
            course.changed = true;
        }
        Ok(())
    }

    /// 処方内容（控え）, kept beside the task.
    pub(super) async fn copy(&self, access: &Access, task: &Id) -> Result<Commit, Failure> {
        let mut course = Course::new(access, record::load(access, task).await?);
        let Some(id) = course.kept.stored.life.id.clone() else { return Ok(Commit::new(Action::Update)) };
        if course.kept.stored.life.state != State::Registered {
            return Ok(Commit::new(Action::Update));
        }
        let pdf = self.client.copy(&id, &self.asking(task)).await.map_err(|error| Failure::later(words(&error)))?;
        let place = super::beside::copy_id(task)?;
        course.kept.stored.copy = true;
        course.changed = true;
        let mut commit = course.commit(self.now())?;
        commit.changes.push(binary(&place, &course.kept.patient, "application/pdf", &pdf, Expect::Any)?);
        Ok(commit)
    }

    /// The list of some days: what differs from what is known is asked for.
    pub(super) async fn results(&self, access: &Access, days: Option<(String, String)>) -> Result<Commit, Failure> {
        let wrong = || Failure { message: "the job names no days".to_owned(), permanent: true };
        let (from, to) = days.ok_or_else(wrong)?;
        let range = DateRange { from: from.parse().map_err(|_| wrong())?, to: to.parse().map_err(|_| wrong())? };
        let asking = Id::new("results").map_err(|_| wrong())?;
        let rows =
            self.client.list(range, &self.asking(&asking)).await.map_err(|error| Failure::later(words(&error)))?;
        let mut commit = Commit::new(Action::Update);
        for row in rows {
            let Some(kept) = record::by_number(access, &row.id).await? else { continue };
            let life = &kept.stored.life;
            if life.id.as_deref() != Some(row.id.as_str()) {
                continue;
            }
            let known = match row.status {
                ServiceStatus::Issued => matches!(life.state, State::Registered | State::Expired),
                ServiceStatus::InDispensing => life.state == State::Received,
                ServiceStatus::Dispensed => life.state == State::Dispensed,
                ServiceStatus::Returned => life.state == State::Returned,
                ServiceStatus::Cancelled => life.state == State::Cancelled,
            };
            let kept_result = row.dispensing.as_ref().is_none_or(|id| kept.stored.results.contains(id));
            if !known || !kept_result {
                commit.jobs.push(super::status_job(&kept));
            }
        }
        Ok(commit)
    }
}
