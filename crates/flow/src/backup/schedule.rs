//! Backups by the clock: when the next is due is counted from the last that was made, wherever the server was
//! meanwhile. What came of it is told in the status.

use std::time::Duration;

use damask_time::Instant;
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::{
    Target,
    make::{self, BackupLine, Made},
    shelf::{self, Found, Keep},
};
use crate::{
    caller::Caller,
    damask::Damask,
    status::EngineView,
    trouble::{Outcome, Trouble},
};

/// How often it looks whether a backup is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Wait after one that failed.
const AGAIN_AFTER_S: i64 = 15 * 60;
/// A backup that is later than its time and half of its interval again is overdue.
const OVERDUE_SHARE: i64 = 2;

/// Where backups go, how often and how many are kept.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where.
    pub target: Target,
    /// The place in words.
    pub place: String,
    /// Hours from one to the next; none where people make them.
    pub every_hours: Option<u32>,
    /// How many are kept; all where nothing is said.
    pub keep: Option<usize>,
}

/// What is known of the backups of the plan.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// When the last was made, and with which last fact.
    pub last: Option<(Instant, i64)>,
    /// When and why it failed, where the last attempt did.
    pub failed: Option<(Instant, String)>,
    /// Since when this process has looked.
    pub since: Option<Instant>,
}

impl State {
    pub(super) fn ended(&mut self, now: Instant, outcome: &Outcome<Made>) {
        match outcome {
            Ok(made) => {
                self.last = Some((made.manifest.made(), made.manifest.seq));
                self.failed = None;
            }
            Err(trouble) => self.failed = Some((now, trouble.chain())),
        }
    }

    /// When the next is due.
    fn next(&self, every_hours: u32) -> Option<Instant> {
        let interval_s = i64::from(every_hours) * 3_600;
        let by_plan = self.last.map(|(at, _)| at.plus_seconds(interval_s)).or(self.since);
        match (&self.failed, by_plan) {
            (Some((at, _)), Some(by_plan)) => Some(by_plan.max(at.plus_seconds(AGAIN_AFTER_S))),
            (_, by_plan) => by_plan,
        }
    }

    fn is_overdue(&self, every_hours: u32, now: Instant) -> bool {
        let interval_s = i64::from(every_hours) * 3_600;
        let from = self.last.map(|(at, _)| at).or(self.since);
        from.is_some_and(|from| now > from.plus_seconds(interval_s + interval_s / OVERDUE_SHARE))
    }
}

impl Damask {
    /// Keeps to a plan from now on; one that was given before stays.
    pub fn plan_backups(&self, plan: Plan) {
        if self.backups().plan.set(plan).is_ok() {
            let now = self.now();
            self.backups().note(|state| state.since = Some(now));
        }
    }
}

/// The plan.
///
/// # Errors
/// Where there is none.
pub fn plan(damask: &Damask) -> Outcome<&Plan> {
    damask.backups().plan().ok_or_else(|| {
        Trouble::mistake("no-backup-plan", "the configuration names no place for backups")
            .hint("say where in [backup] of damask.toml")
    })
}

/// The target of the plan.
///
/// # Errors
/// Where there is none.
pub fn target(damask: &Damask) -> Outcome<Target> {
    Ok(plan(damask)?.target.clone())
}

/// The backups of the plan's place, the oldest first; none where it was not begun yet.
pub async fn listed(damask: &Damask, caller: &Caller) -> Outcome<Vec<Found>> {
    of_place(&plan(damask)?.target, caller).await
}

async fn of_place(target: &Target, caller: &Caller) -> Outcome<Vec<Found>> {
    match shelf::list(target, caller).await {
        // The first one begins the place.
        Err(Trouble::Mistake(mistake)) if mistake.code == "bad-backup-place" => Ok(Vec::new()),
        listed => listed,
    }
}

/// Makes backups when they are due, until `stop`.
pub async fn follow(damask: Damask, stop: CancellationToken) {
    let Some(plan) = damask.backups().plan().cloned() else { return };
    if let Err(trouble) = look(&damask, &plan).await {
        tracing::warn!(error = %trouble.chain(), "cannot see which backups there are");
    }
    let Some(every_hours) = plan.every_hours else { return };
    loop {
        let due = damask.backups().state().next(every_hours);
        if due.is_some_and(|due| due <= damask.now()) {
            tokio::select! {
                () = stop.cancelled() => return,
                outcome = once(&damask, &plan) => match outcome {
                    Ok(()) => {}
                    Err(trouble) => tracing::error!(error = %trouble.chain(), "the backup failed"),
                },
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// When the last one was made, by the place itself.
async fn look(damask: &Damask, plan: &Plan) -> Outcome<()> {
    let listed = of_place(&plan.target, &Caller::damask()).await?;
    let last = listed.iter().rev().find_map(|found| found.manifest.as_ref().ok());
    damask.backups().note(|state| state.last = last.map(|last| (last.made(), last.seq)));
    Ok(())
}

async fn once(damask: &Damask, plan: &Plan) -> Outcome<()> {
    let mut lines = std::pin::pin!(make::planned(damask, &Caller::damask())?);
    while let Some(line) = lines.next().await {
        match line {
            BackupLine::Progress(_) => {}
            BackupLine::Unreadable(hash, why) => tracing::error!(%hash, why, "an original is in no backup"),
            BackupLine::Made(made) => {
                let manifest = &made.manifest;
                tracing::info!(backup = %manifest.id, seq = manifest.seq, "a backup was made");
            }
            BackupLine::Failed(trouble) => return Err(trouble),
        }
    }
    if let Some(last) = plan.keep {
        let keep = Keep { last: Some(last), days: None };
        shelf::prune(&plan.target, &Caller::damask(), keep, damask.now()).await?;
    }
    Ok(())
}

/// How the backups stand, beside the engines: nothing where there is no plan.
pub fn view(damask: &Damask) -> Option<EngineView> {
    let plan = damask.backups().plan()?;
    let (state, now) = (damask.backups().state(), damask.now());
    let last =
        state.last.map_or_else(|| "none yet".to_owned(), |(at, seq)| format!("last {at}, to fact {seq}"));
    let next = plan.every_hours.and_then(|hours| state.next(hours));
    let next = next.map_or_else(|| "none is planned".to_owned(), |at| format!("next {at}"));
    let overdue = plan.every_hours.is_some_and(|hours| state.is_overdue(hours, now));
    let mut detail = format!("to {}: {last}; {next}", plan.place);
    if overdue {
        detail.push_str("; OVERDUE");
    }
    if let Some((at, why)) = &state.failed {
        detail.push_str(&format!("; failed {at}: {why}"));
    }
    Some(EngineView { name: "backup".into(), ok: !overdue && state.failed.is_none(), detail })
}

#[cfg(test)]
mod tests {
    use damask_time::Instant;

    use super::{AGAIN_AFTER_S, State};

    #[test]
    fn the_next_is_counted_from_the_last_that_was_made_and_one_that_failed_is_tried_again() {
        let start = Instant::from_micros(0);
        let mut state = State { since: Some(start), ..State::default() };
        assert_eq!(state.next(24), Some(start));
        let made = start.plus_seconds(100);
        state.last = Some((made, 7));
        assert_eq!(state.next(24), Some(made.plus_seconds(24 * 3_600)));
        let failed = made.plus_seconds(24 * 3_600 + 5);
        state.failed = Some((failed, "no room".into()));
        assert_eq!(state.next(24), Some(failed.plus_seconds(AGAIN_AFTER_S)));
        assert!(!state.is_overdue(24, made.plus_seconds(36 * 3_600)));
        assert!(state.is_overdue(24, made.plus_seconds(36 * 3_600 + 1)));
    }
}
