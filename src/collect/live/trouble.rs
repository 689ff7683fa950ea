//! Which requests fail, why, and when that is reported.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::{Event, MAX_BACKOFF};
use crate::collect::question::{Question, Reply};
use crate::collect::refused::Blame;
use crate::consul::{self, Failure};
use crate::snapshot::assemble::{self, is_unknown_token, lacks_servers};

/// How long a failure that may be over in a moment is not worth a word: an agent that is restarted is away for so long.
const GRACE: Duration = Duration::from_secs(3);
/// Pause before a plain question is asked again, the first few times.
const RETRY: Duration = Duration::from_secs(2);
/// Longest pause that an agent may ask for by `Retry-After`.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(120);

/// What a failure has in common with others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// In a person's words.
    pub text: String,
    /// Whether it is the agent's, whatever is asked, rather than that of one kind of question.
    pub is_shared: bool,
}

impl Cause {
    fn shared(text: &str) -> Self {
        Self { text: text.to_owned(), is_shared: true }
    }

    /// The agent does not know the gateway.
    pub fn unregistered() -> Self {
        Self { text: "the agent does not know the gateway".to_owned(), is_shared: false }
    }

    fn of_answer(status: u16, text: &str) -> Self {
        if lacks_servers(status, text) {
            return Self::shared("the agent's servers cannot be reached or have no leader");
        }
        if status == 429 {
            return Self::shared("the agent is rate limiting requests (HTTP 429)");
        }
        let text =
            if text.is_empty() { format!("status {status}") } else { format!("status {status}: {text}") };
        Self { text, is_shared: status >= 500 }
    }
}

/// Why a request failed.
#[derive(Debug)]
pub(super) struct Trouble {
    pub reason: String,
    pub cause: Cause,
    pub denied: bool,
    /// What is at fault, and what is wrong without the request.
    pub blame: Blame,
    pub fault: String,
    /// Whether it may be over in a moment.
    pub is_passing: bool,
    /// For how long the agent asks not to be asked.
    retry_after: Option<Duration>,
}

impl Trouble {
    /// An answer that is none, to this request.
    pub fn answered(request: &str, status: u16, body: Vec<u8>, retry_after: Option<Duration>) -> Self {
        let source = match status {
            403 if is_unknown_token(status, &body) => assemble::Error::UnknownToken { body },
            403 => assemble::Error::Denied { body },
            _ => assemble::Error::Status { status, body },
        };
        Self::unusable(request, &source, retry_after)
    }

    /// For how long the agent asks not to be asked, within reason.
    pub fn requested_pause(&self) -> Duration {
        self.retry_after.unwrap_or_default().min(MAX_RETRY_AFTER)
    }

    /// A reply that cannot become a part of the snapshot.
    pub fn unusable(request: &str, source: &assemble::Error, retry_after: Option<Duration>) -> Self {
        let denied = matches!(source, assemble::Error::Denied { .. } | assemble::Error::UnknownToken { .. });
        let (cause, is_passing) = match source {
            assemble::Error::Status { status, body } => {
                let cause = Cause::of_answer(*status, String::from_utf8_lossy(body).trim());
                (cause, *status == 429 || *status >= 500)
            }
            assemble::Error::UnknownToken { .. } => {
                (Cause::shared("the agent does not know the token"), false)
            }
            other => (Cause { text: other.to_string(), is_shared: false }, false),
        };
        let (blame, fault) = (Blame::of_answer(source), source.to_string());
        Self { reason: format!("{request}: {fault}"), cause, denied, blame, fault, is_passing, retry_after }
    }
}

impl From<&consul::Error> for Trouble {
    fn from(error: &consul::Error) -> Self {
        let (cause, is_passing) = match &error.failure {
            Failure::Transport(_) => (Cause::shared("the agent cannot be reached"), true),
            // No answer in all that time is more than a moment.
            Failure::Timeout(_) | Failure::TimeLimit { .. } => {
                (Cause::shared("the agent does not answer"), false)
            }
            other => (Cause { text: other.to_string(), is_shared: false }, false),
        };
        let denied = error.is_permission_denied();
        let (blame, fault) = (Blame::of_failure(error), error.failure.to_string());
        let reason = format!("{error}: {fault}");
        Self { reason, cause, denied, blame, fault, is_passing, retry_after: None }
    }
}

/// Whether an answer says that the agent has too much to do, or its servers fail.
pub(super) fn is_refusal(reply: &Reply) -> bool {
    reply.status == 429 || reply.status >= 500
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// A blocking query, by what it is about.
    Watch(String),
    /// A question, whatever comes back for it.
    Question(Question),
}

impl Asked {
    fn about(&self) -> String {
        match self {
            Self::Watch(about) => about.clone(),
            Self::Question(question) => question.about(),
        }
    }
}

/// What fails now.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<Asked, Failing>);

#[derive(Debug)]
struct Failing {
    since: Instant,
    times: u32,
    /// What was reported, once something was.
    reported: Option<Cause>,
    /// When it may be asked again at the earliest, by the agent's word.
    not_before: Instant,
}

impl Failing {
    fn new(now: Instant) -> Self {
        Self { since: now, times: 0, reported: None, not_before: now }
    }

    fn count(&mut self, trouble: &Trouble, now: Instant) {
        self.times = self.times.saturating_add(1);
        self.not_before = now + trouble.requested_pause();
    }
}

impl Failures {
    /// Takes a failure in; gives what is to be reported of it. Without `grace`, that is from the second one in a row on.
    pub fn failed(&mut self, asked: Asked, trouble: Trouble, grace: bool, now: Instant) -> Option<Event> {
        let about = asked.about();
        // A thousand services in the same trouble are one report.
        let is_reported = |failing: &Failing| failing.reported.as_ref() == Some(&trouble.cause);
        let is_known = self.0.iter().any(|(asked, failing)| is_reported(failing) && asked.about() == about);
        let failing = self.0.entry(asked).or_insert_with(|| Failing::new(now));
        failing.count(&trouble, now);
        let is_long = if grace { failing.since + GRACE <= now } else { failing.times > 1 };
        if trouble.is_passing && !is_long && failing.reported.is_none() {
            return None;
        }
        failing.reported = Some(trouble.cause.clone());
        let Trouble { reason, cause, denied, .. } = trouble;
        (!is_known).then_some(Event::Trouble { about, reason, cause, denied })
    }

    /// Takes a failure in that is reported with its service; what was reported of it before ends.
    pub fn failed_alone(&mut self, question: &Question, trouble: &Trouble, now: Instant) -> Option<Event> {
        let asked = Asked::Question(question.clone());
        let about = asked.about();
        let failing = self.0.entry(asked).or_insert_with(|| Failing::new(now));
        failing.count(trouble, now);
        failing.reported.take()?;
        self.end_of(about)
    }

    /// Marks as failing what is reported elsewhere; its end is reported.
    pub fn mark(&mut self, question: Question, cause: Cause, now: Instant) {
        let failing = Failing { times: 1, reported: Some(cause), ..Failing::new(now) };
        self.0.insert(Asked::Question(question), failing);
    }

    /// Takes a good answer in; gives what is to be reported of it.
    pub fn answered(&mut self, asked: &Asked) -> Option<Event> {
        self.0.remove(asked)?.reported?;
        self.end_of(asked.about())
    }

    /// Forgets the questions that are of no interest any more; gives what is to be reported of that.
    pub fn retain(&mut self, is_of_interest: impl Fn(&Question) -> bool) -> Vec<Event> {
        let mut gone = Vec::new();
        self.0.retain(|asked, failing| {
            let stays = !matches!(asked, Asked::Question(question) if !is_of_interest(question));
            if !stays && failing.reported.is_some() {
                gone.push(asked.about());
            }
            stays
        });
        gone.dedup();
        gone.into_iter().filter_map(|about| self.end_of(about)).collect()
    }

    fn end_of(&self, about: String) -> Option<Event> {
        let goes_on =
            self.0.iter().any(|(asked, failing)| failing.reported.is_some() && asked.about() == about);
        (!goes_on).then_some(Event::Recovered { about })
    }

    /// How soon a question is asked again that has failed.
    pub fn pause(&self, question: &Question, now: Instant) -> Duration {
        let Some(failing) = self.0.get(&Asked::Question(question.clone())) else { return RETRY };
        let pause = (RETRY * 2_u32.pow(failing.times.saturating_sub(3).min(4))).min(MAX_BACKOFF);
        pause.max(failing.not_before.saturating_duration_since(now))
    }

    /// Whether any blocking query fails.
    pub fn has_watches(&self) -> bool {
        self.0.keys().any(|asked| matches!(asked, Asked::Watch(_)))
    }

    /// The services whose leaf fails, each with the same time as [`Failures::not_before`].
    pub fn leaves(&self) -> impl Iterator<Item = (&String, Instant)> {
        self.0.iter().filter_map(|(asked, failing)| match asked {
            Asked::Question(Question::Leaf(service)) => Some((service, failing.not_before)),
            _ => None,
        })
    }

    /// When the agent lets a question be asked again at the earliest.
    pub fn not_before(&self, question: &Question, now: Instant) -> Instant {
        let failing = self.0.get(&Asked::Question(question.clone()));
        failing.map_or(now, |failing| failing.not_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Trouble {
        Trouble::answered("GET /v1/x", status, body.into(), None)
    }

    fn leaf(service: &str) -> Asked {
        Asked::Question(Question::Leaf(service.into()))
    }

    fn is_trouble(event: Option<Event>) -> bool {
        event.is_some_and(|event| matches!(event, Event::Trouble { .. }))
    }

    #[test]
    fn a_failure_that_may_be_brief_is_reported_after_a_moment() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        let links = || Asked::Watch("links".into());
        assert!(!is_trouble(failures.failed(links(), refused(500, "No cluster leader"), true, now)));
        assert!(!is_trouble(failures.failed(links(), refused(500, "No cluster leader"), true, now)));
        assert!(failures.answered(&links()).is_none(), "the end of what was not reported");
        failures.failed(links(), refused(500, "No cluster leader"), true, now);
        let later = now + GRACE;
        assert!(is_trouble(failures.failed(links(), refused(500, "No cluster leader"), true, later)));
        assert!(!is_trouble(failures.failed(
            links(),
            refused(500, "rpc error making call: EOF"),
            true,
            later
        )));
        assert!(is_trouble(failures.failed(links(), refused(403, "Permission denied"), true, later)));
        assert!(matches!(failures.answered(&links()), Some(Event::Recovered { .. })));
        // Before there is a configuration, the second one counts.
        assert!(!is_trouble(failures.failed(links(), refused(429, ""), false, now)));
        assert!(is_trouble(failures.failed(links(), refused(429, ""), false, now)));
    }

    #[test]
    fn many_services_with_the_same_problem_are_one_report_until_all_recover() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        assert!(is_trouble(failures.failed(leaf("a"), refused(403, "Permission denied"), true, now)));
        assert!(!is_trouble(failures.failed(leaf("b"), refused(403, "Permission denied"), true, now)));
        assert!(!is_trouble(failures.failed(leaf("c"), refused(403, "Permission denied"), true, now)));
        assert!(failures.answered(&leaf("a")).is_none());
        let unlinked = failures.retain(|question| *question == Question::Leaf("c".into()));
        assert!(unlinked.is_empty());
        assert_eq!(failures.retain(|_| false).len(), 1);
    }

    #[test]
    fn pauses_grow_to_half_a_minute_unless_the_agent_asks_for_a_longer_one() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        let question = Question::Leaf("a".into());
        assert_eq!(failures.pause(&question, now), RETRY);
        for _ in 0..1000 {
            failures.failed(leaf("a"), refused(429, ""), true, now);
        }
        assert_eq!(failures.pause(&question, now), MAX_BACKOFF);
        for (wanted, pause) in [(60, 60), (86_400, 120)] {
            let wanted = Some(Duration::from_secs(wanted));
            failures.failed(leaf("a"), Trouble::answered("GET /v1/x", 429, Vec::new(), wanted), true, now);
            assert_eq!(failures.pause(&question, now), Duration::from_secs(pause));
        }
    }

    #[test]
    fn the_many_words_for_servers_that_are_away_are_one_cause() {
        let words = [
            "No cluster leader",
            "rpc error making call: No cluster leader",
            "rpc error making call: EOF",
            "rpc error getting client: failed to get conn: dial tcp 127.0.0.1:1: connect: connection refused",
            "No known Consul servers",
        ];
        let causes = words.map(|text| refused(500, text).cause);
        assert!(causes.iter().all(|cause| cause.is_shared && *cause == causes[0]), "{causes:?}");
        assert_ne!(refused(500, "rpc error making call: no such CA").cause, causes[0]);
    }
}
