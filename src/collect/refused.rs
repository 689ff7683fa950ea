//! Questions about single services that fail: whether each of them is at fault, or the agent.
//!
//! One that fails while others of its kind are answered is at fault itself, and costs its own service alone. Where
//! none is answered, the agent is, and whatever is known stays in use.

use std::collections::BTreeMap;

use super::question::Question;
use crate::consul::{self, Failure};
use crate::snapshot::{Part, assemble, is_unusual};

/// So many failures in a row are more than an agent in passing trouble gives one question among others.
const LASTING: u32 = 3;

/// What is at fault when a question fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// The question: the answer is about what was asked.
    Question,
    /// The question or the agent: what the others do shows which.
    Either,
    /// The same, after no answer within the time limit.
    Silence,
    /// The agent, whatever is asked.
    Agent,
}

impl Blame {
    /// Of an answer that cannot become a part of the snapshot.
    pub fn of_answer(error: &assemble::Error) -> Self {
        match error {
            assemble::Error::Unaskable(_) | assemble::Error::Shape(_) => Self::Question,
            assemble::Error::Denied { .. } => Self::Either,
            assemble::Error::UnknownToken { .. } | assemble::Error::NoRoots => Self::Agent,
            assemble::Error::Status { status, body } => match status {
                429 => Self::Agent,
                500.. if assemble::lacks_servers(*status, &String::from_utf8_lossy(body)) => Self::Agent,
                401 | 408 | 421 | 425 | 500.. => Self::Either,
                _ => Self::Question,
            },
        }
    }

    /// Of a request without an answer.
    pub fn of_failure(error: &consul::Error) -> Self {
        match error.failure {
            Failure::Answer(_) | Failure::Redirect(_) => Self::Question,
            Failure::Timeout(_) => Self::Silence,
            Failure::TimeLimit { .. } => Self::Agent,
            _ => Self::Either,
        }
    }
}

/// The questions about single services that fail now.
#[derive(Debug, Default)]
pub(super) struct Refused {
    questions: BTreeMap<Question, Refusal>,
    /// How many questions have been answered.
    answers: u64,
}

#[derive(Debug)]
struct Refusal {
    blame: Blame,
    /// In the words of the first failure of this kind: others may differ in a number.
    reason: String,
    /// How often in a row, and how many questions had been answered at the first time.
    times: u32,
    answers: u64,
}

impl Refused {
    /// Takes a failure in. What is the agent's trouble says nothing about the question.
    pub fn note(&mut self, question: &Question, blame: Blame, reason: &str) {
        if question.part().is_none() || blame == Blame::Agent {
            return;
        }
        let new = Refusal { blame, reason: reason.to_owned(), times: 1, answers: self.answers };
        match self.questions.get_mut(question) {
            None => drop(self.questions.insert(question.clone(), new)),
            Some(known) => {
                let times = known.times.saturating_add(1);
                *known = if known.blame == blame {
                    Refusal { times, reason: std::mem::take(&mut known.reason), ..*known }
                } else {
                    Refusal { times, answers: known.answers, ..new }
                };
            }
        }
    }

    /// Takes an answer in.
    pub fn note_answer(&mut self, question: &Question) {
        self.answers = self.answers.wrapping_add(1);
        self.questions.remove(question);
    }

    /// Keeps to such questions.
    pub fn retain(&mut self, is_of_interest: impl Fn(&Question) -> bool) {
        self.questions.retain(|question, _| is_of_interest(question));
    }

    /// Whether a question fails by its own fault. `others` says whether others of its kind are answered.
    pub fn is_own(&self, question: &Question, others: bool) -> bool {
        self.questions.get(question).is_some_and(|refusal| match refusal.blame {
            Blame::Question => others || is_unusual(question.service()),
            Blame::Either => others && refusal.times >= LASTING && self.answers > refusal.answers,
            Blame::Silence => others,
            Blame::Agent => false,
        })
    }

    /// Whether there is a question that gets no answer at all.
    pub fn has_silence(&self) -> bool {
        self.questions.values().any(|refusal| refusal.blame == Blame::Silence)
    }

    /// The questions that fail, each with what it is about and why.
    pub fn iter(&self) -> impl Iterator<Item = (&Question, &str, Part, &str)> {
        self.questions.iter().filter_map(|(question, refusal)| {
            Some((question, question.service(), question.part()?, refusal.reason.as_str()))
        })
    }

    /// Whether a question may be answered if it is asked again soon.
    pub fn may_pass(&self, question: &Question) -> bool {
        let refusal = self.questions.get(question);
        refusal.is_none_or(|refusal| refusal.blame == Blame::Either && refusal.times < LASTING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, body: &str) -> Blame {
        Blame::of_answer(&assemble::Error::Status { status, body: body.into() })
    }

    fn instances(service: &str) -> Question {
        Question::Instances(service.to_owned())
    }

    #[test]
    fn an_answer_shows_which_side_is_at_fault() {
        for (code, body, expected) in [
            (400, "Request has invalid characters", Blame::Question),
            (404, "", Blame::Question),
            (431, "", Blame::Question),
            (408, "", Blame::Either),
            (429, "", Blame::Agent),
            (500, "No cluster leader", Blame::Agent),
            (500, "rpc error making call: EOF", Blame::Agent),
            (500, "rpc error making call: no such thing", Blame::Either),
            (502, "", Blame::Either),
        ] {
            assert_eq!(status(code, body), expected, "{code} {body}");
        }
        let unknown = assemble::Error::UnknownToken { body: Vec::new() };
        assert_eq!(Blame::of_answer(&unknown), Blame::Agent);
    }

    #[test]
    fn a_question_that_is_refused_is_at_fault_if_others_are_answered_or_its_name_is_unusual() {
        let mut refused = Refused::default();
        for service in ["web", "tab\tby"] {
            refused.note(&instances(service), Blame::Question, "status 400");
        }
        assert!(!refused.is_own(&instances("web"), false) && refused.is_own(&instances("web"), true));
        assert!(refused.is_own(&instances("tab\tby"), false));
        assert!(!refused.is_own(&instances("other"), true));
    }

    #[test]
    fn a_failure_belongs_to_the_request_once_it_lasts_while_others_are_answered() {
        let mut refused = Refused::default();
        for _ in 0..LASTING {
            assert!(!refused.is_own(&instances("web"), true));
            refused.note(&instances("web"), Blame::Either, "status 500");
        }
        assert!(!refused.is_own(&instances("web"), true), "nothing was answered since");
        refused.note_answer(&instances("other"));
        assert!(refused.is_own(&instances("web"), true) && !refused.is_own(&instances("web"), false));
        refused.note(&instances("web"), Blame::Agent, "no leader");
        assert!(refused.is_own(&instances("web"), true), "what the agent lacks says nothing about it");
        refused.note_answer(&instances("web"));
        assert!(!refused.is_own(&instances("web"), true));
    }
}
