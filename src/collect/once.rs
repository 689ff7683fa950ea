//! A snapshot of this moment.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::question::{COMMON, Error, Gateway, Question, Reply};
use crate::consul::{self, Consul};
use crate::snapshot::Snapshot;

/// Requests under way at once, and so connections to the agent.
const CONCURRENCY: usize = 8;

/// Pause before a question is asked again that the agent refused as one too many.
const LIMIT_PAUSE: Duration = Duration::from_millis(200);
/// An agent that refuses one question for so long refuses it for good.
const LONGEST_LIMIT: Duration = Duration::from_secs(30);

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

async fn gather(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    others: BTreeSet<String>,
) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::collecting();
    // Whether the agent knows `mesh` entries shows in what it says of itself.
    let common = COMMON.into_iter().filter(|question| *question != Question::Mesh).collect();
    for reply in ask_all(consul, gateway, common).await? {
        reply.apply(&mut snapshot, consul, gateway)?;
    }
    let services: BTreeSet<String> = snapshot.links.iter().map(|link| link.service.name.clone()).collect();
    let instances = services.union(&others).cloned().map(Question::Instances);
    let leaves = services.iter().cloned().map(Question::Leaf);
    let questions = std::iter::once(Question::Mesh).chain(instances).chain(leaves).collect();
    for reply in ask_all(consul, gateway, questions).await? {
        reply.apply(&mut snapshot, consul, gateway)?;
    }
    Ok(snapshot)
}

/// Asks, and again while the agent is asked too often.
///
/// Consul: its CA signs 50 certificates a second by default, and answers 429 beyond that.
async fn ask(question: Question, consul: &Consul, gateway: &Gateway) -> Result<Reply, consul::Error> {
    let started = Instant::now();
    loop {
        let reply = question.clone().ask(consul, gateway, None).await?;
        if reply.status != 429 || started.elapsed() > LONGEST_LIMIT {
            return Ok(reply);
        }
        sleep(LIMIT_PAUSE).await;
    }
}

async fn ask_all(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    questions: Vec<Question>,
) -> Result<Vec<Reply>, consul::Error> {
    let mut replies = Vec::with_capacity(questions.len());
    let mut questions = questions.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < CONCURRENCY
            && let Some(question) = questions.next()
        {
            let (consul, gateway) = (Arc::clone(consul), gateway.clone());
            running.spawn(async move { ask(question, &consul, &gateway).await });
        }
        match running.join_next().await {
            None => return Ok(replies),
            // A task only ends by finishing: nothing cancels it, and a panic ends the process.
            Some(Err(_)) => {}
            Some(Ok(reply)) => replies.push(reply?),
        }
    }
}
