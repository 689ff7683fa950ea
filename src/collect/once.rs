//! A snapshot of this moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::question::{COMMON, Error, Gateway, Question, Reply};
use super::refused::{Blame, Refused};
use crate::consul::{self, Consul};
use crate::snapshot::{Snapshot, assemble};

/// Requests under way at once, and so connections to the agent.
const CONCURRENCY: usize = 8;

/// Pause before a question is asked again that the agent refused as one too many.
const LIMIT_PAUSE: Duration = Duration::from_millis(200);
/// An agent that refuses one question for so long refuses it for good.
const LONGEST_LIMIT: Duration = Duration::from_secs(30);
/// Pause before questions are asked again that failed alone.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// So many failures before any answer are the agent's.
const MOST_FAILURES: u32 = 3;

/// Collects everything that the gateway's configuration depends on, as it is now.
pub async fn once(consul: &Arc<Consul>, gateway: &Gateway) -> Result<Snapshot, Error> {
    let mut snapshot = gather(consul, gateway, BTreeSet::new()).await?;
    snapshot.prune();
    Ok(snapshot)
}

/// The same, with everything that matters of services which are not linked (yet). Certificates of these are not asked
/// for: the agent would have them issued.
pub async fn with_services(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    others: BTreeSet<String>,
) -> Result<Snapshot, Error> {
    gather(consul, gateway, others).await
}

/// What decides who may reach the linked services, and no more: the gateway need not be registered.
pub async fn intentions(consul: &Arc<Consul>, gateway: &Gateway) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::collecting();
    let first = [
        Question::AgentSelf,
        Question::Links,
        Question::ServiceDefaults,
        Question::Intentions,
        Question::ProxyDefaults,
    ];
    // Whether the agent knows `mesh` entries shows in what it says of itself.
    for questions in [first.to_vec(), vec![Question::Mesh]] {
        for outcome in ask_all(consul, gateway, questions).await? {
            outcome.result?.apply(&mut snapshot, consul, gateway)?;
        }
    }
    Ok(snapshot)
}

/// What a look at the agent gave.
#[derive(Debug)]
pub struct Survey {
    /// As much of a snapshot as the agent answers. It has no leaf certificates: the agent would have them issued.
    pub snapshot: Snapshot,
    /// What is missing from it, and why.
    pub lacking: Vec<(assemble::Answer<'static>, Error)>,
}

/// Collects what the agent answers, and notes what it does not: for a look at a gateway that does not work.
pub async fn survey(consul: &Arc<Consul>, gateway: &Gateway) -> Survey {
    let mut survey = Survey { snapshot: Snapshot::collecting(), lacking: Vec::new() };
    // Whether the agent knows `mesh` entries shows in what it says of itself.
    let common = COMMON.into_iter().filter(|question| *question != Question::Mesh).collect();
    survey.ask(consul, gateway, common).await;
    let links = survey.snapshot.links.iter().map(|link| link.service.name.clone());
    let instances = links.collect::<BTreeSet<String>>().into_iter().map(Question::Instances);
    let questions = std::iter::once(Question::Mesh).chain(instances).collect();
    survey.ask(consul, gateway, questions).await;
    survey
}

impl Survey {
    async fn ask(&mut self, consul: &Arc<Consul>, gateway: &Gateway, questions: Vec<Question>) {
        let outcomes = match ask_all(consul, gateway, questions).await {
            Ok(outcomes) => outcomes,
            Err(error) => return self.lacking.push((assemble::Answer::AgentSelf, error.into())),
        };
        for Outcome { question, result } in outcomes {
            let outcome = match result {
                Ok(reply) => match reply.put_into(&mut self.snapshot) {
                    // What is denied, and need not be there, is missing here all the same.
                    Ok(()) if reply.status == 403 => Err(assemble::Error::Denied { body: reply.body }),
                    outcome => outcome,
                }
                .map_err(|source| (source.to_string(), question.unusable(consul, gateway, source))),
                Err(error) => Err((error.failure.to_string(), error.into())),
            };
            let Err((reason, error)) = outcome else { continue };
            match (question.common(), question.part()) {
                (Some(answer), _) => self.lacking.push((answer, error)),
                (None, Some(part)) => {
                    let service = question.service().to_owned();
                    self.snapshot.unanswered.entry(service).or_default().insert(part, reason);
                }
                (None, None) => {}
            }
        }
    }
}

async fn gather(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    others: BTreeSet<String>,
) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::collecting();
    // Whether the agent knows `mesh` entries shows in what it says of itself.
    let common = COMMON.into_iter().filter(|question| *question != Question::Mesh).collect();
    for outcome in ask_all(consul, gateway, common).await? {
        outcome.result?.apply(&mut snapshot, consul, gateway)?;
    }
    let services: BTreeSet<String> = snapshot.links.iter().map(|link| link.service.name.clone()).collect();
    let instances = services.union(&others).cloned().map(Question::Instances);
    let leaves = services.iter().cloned().map(Question::Leaf);
    let questions = std::iter::once(Question::Mesh).chain(instances).chain(leaves).collect();
    ask_about_services(consul, gateway, &mut snapshot, questions).await?;
    Ok(snapshot)
}

/// Puts the answers to questions that are mostly about single services into `snapshot`. One that fails while others
/// are answered is noted there as unanswered.
async fn ask_about_services(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    snapshot: &mut Snapshot,
    mut questions: Vec<Question>,
) -> Result<(), Error> {
    let mut refused = Refused::default();
    let mut failed: BTreeMap<Question, Error> = BTreeMap::new();
    let mut answered = BTreeSet::new();
    loop {
        for Outcome { question, result } in ask_all(consul, gateway, questions).await? {
            let (blame, reason, error) = match result {
                Ok(reply) => match reply.put_into(snapshot) {
                    Ok(()) => {
                        refused.note_answer(&question);
                        failed.remove(&question);
                        answered.extend(question.part());
                        continue;
                    }
                    Err(source) => {
                        let (blame, reason) = (Blame::of_answer(&source), source.to_string());
                        (blame, reason, question.unusable(consul, gateway, source))
                    }
                },
                Err(error) => (Blame::of_failure(&error), error.failure.to_string(), error.into()),
            };
            if question.part().is_none() || blame == Blame::Agent {
                return Err(error);
            }
            refused.note(&question, blame, &reason);
            failed.insert(question, error);
        }
        questions = failed.keys().filter(|question| refused.may_pass(question)).cloned().collect();
        if questions.is_empty() {
            break;
        }
        // Whether the agent and its servers still answer.
        questions.insert(0, Question::Links);
        sleep(RETRY_PAUSE).await;
    }
    for (question, error) in failed {
        if !refused.is_own(&question, question.part().is_some_and(|part| answered.contains(&part))) {
            return Err(error);
        }
    }
    for (_, service, part, reason) in refused.iter() {
        snapshot.unanswered.entry(service.to_owned()).or_default().insert(part, reason.to_owned());
    }
    Ok(())
}

/// What became of a question.
struct Outcome {
    question: Question,
    result: Result<Reply, consul::Error>,
}

/// Asks, and again while the agent is asked too often.
///
/// Consul: its CA signs 50 certificates a second by default, and answers 429 beyond that.
async fn ask(
    question: Question,
    consul: &Consul,
    gateway: &Gateway,
    is_short: bool,
) -> Result<Reply, consul::Error> {
    let started = Instant::now();
    loop {
        let patience = question.patience(is_short);
        let reply = question.clone().ask(consul, gateway, None, patience).await?;
        if reply.status != 429 || started.elapsed() > LONGEST_LIMIT {
            return Ok(reply);
        }
        sleep(LIMIT_PAUSE).await;
    }
}

/// Asks them all, unless the agent fails.
async fn ask_all(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    questions: Vec<Question>,
) -> Result<Vec<Outcome>, consul::Error> {
    let mut outcomes = Vec::with_capacity(questions.len());
    let mut questions = questions.into_iter();
    let mut running = JoinSet::new();
    let (mut answers, mut failures) = (0_u32, 0);
    loop {
        while running.len() < CONCURRENCY
            && let Some(question) = questions.next()
        {
            let (consul, gateway) = (Arc::clone(consul), gateway.clone());
            let is_short = failures > 0;
            running.spawn(async move {
                let result = ask(question.clone(), &consul, &gateway, is_short).await;
                Outcome { question, result }
            });
        }
        match running.join_next().await {
            None => return Ok(outcomes),
            // A task only ends by finishing: nothing cancels it, and a panic ends the process.
            Some(Err(_)) => {}
            Some(Ok(Outcome { result: Err(error), question })) => {
                failures += 1;
                let is_agents = question.part().is_none() || Blame::of_failure(&error) == Blame::Agent;
                if is_agents || (answers == 0 && failures > MOST_FAILURES) {
                    return Err(error);
                }
                outcomes.push(Outcome { question, result: Err(error) });
            }
            Some(Ok(outcome)) => {
                answers += 1;
                outcomes.push(outcome);
            }
        }
    }
}
