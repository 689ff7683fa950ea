//! The requests to the agent before the gateway is registered, all at once.

use reqwest::Method;
use serde_json::Value;

use super::launch::Program;
use crate::compat::{self, Choice, Uses};
use crate::consul::api::{Path, of_answer};
use crate::consul::facts::{Agent, Fact, Reason};
use crate::consul::{self, Consul};
use crate::consul_version::Release;
use crate::error::CommandError;
use crate::render::beyond_direct;
use crate::settings::run::{RunSettings, Source};
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Answer;

/// What the agent said.
#[derive(Debug)]
pub struct Prospect {
    /// What it has under the gateway's id; `null` if nothing.
    pub existing: Value,
    /// Its proxy-defaults entry, if there is one.
    pub defaults: Result<Option<Vec<u8>>, consul::Error>,
    /// For `--config-source auto`: what decides whether direct mode can render everything, or why that is unknown.
    facts: Result<Snapshot, String>,
}

impl Prospect {
    /// Asks for all of it at the same time.
    pub async fn look(run: &RunSettings, consul: &Consul, agent: &Agent) -> Result<Self, consul::Error> {
        let gateway = &run.gateway.gateway;
        let id = gateway.proxy_id.as_deref().unwrap_or_else(|| gateway.service_name());
        let (existing, defaults, facts) = tokio::join!(
            consul.find_agent_service(id),
            consul.listed_entry("proxy-defaults", "global"),
            async {
                match run.source {
                    Source::Auto => facts(run, consul, agent).await,
                    _ => Ok(Snapshot::default()),
                }
            },
        );
        Ok(Self { existing: existing?.unwrap_or_default(), defaults, facts })
    }

    /// What `--config-source auto` takes. Envoy is asked for its version only where that matters.
    pub async fn choose(
        &self,
        run: &RunSettings,
        consul: &Consul,
        agent: &Agent,
        envoy: &mut Program,
    ) -> Result<Choice, CommandError> {
        Ok(compat::choose(&self.uses(run, consul, agent, envoy).await?))
    }

    async fn uses(
        &self,
        run: &RunSettings,
        consul: &Consul,
        agent: &Agent,
        envoy: &mut Program,
    ) -> Result<Uses, CommandError> {
        let mut facts = match &self.facts {
            Err(why) => return Ok(Uses::Unknown(why.clone())),
            Ok(facts) => facts.clone(),
        };
        match &self.defaults {
            Ok(Some(entry)) => drop(facts.apply(Answer::ProxyDefaults, 200, entry)),
            Ok(None) => {}
            Err(_) => return Ok(Uses::Unknown("proxy-defaults could not be read".to_owned())),
        }
        if beyond_direct(&facts, None, |_| true).is_none() {
            return Ok(Uses::Rendered);
        }
        // Now it is worth looking closer.
        if facts.links.is_empty() {
            let path = of_answer(Answer::Links, "", run.gateway.gateway.service_name());
            let reply = consul.exchange(Method::GET, &path, &[], None, None).await;
            if let Err(why) = take(&mut facts, Answer::Links, &path, reply) {
                return Ok(Uses::Unknown(why));
            }
        }
        let version = envoy.version().await?;
        let is_linked =
            |service: &str| facts.links.iter().any(|link| link.service.name.eq_ignore_ascii_case(service));
        let Some(what) = beyond_direct(&facts, Some(version), is_linked) else {
            return Ok(Uses::Rendered);
        };
        let settings = &run.gateway;
        let tls = &settings.consul.tls;
        let has_ca = [&settings.grpc_ca_file, &settings.grpc_ca_path, &tls.ca_file, &tls.ca_path];
        let speaks = compat::speaks_xds(
            agent,
            version,
            settings.grpc_address.is_some(),
            has_ca.iter().any(|path| path.is_some()),
        );
        Ok(Uses::Beyond { what, speaks })
    }
}

/// Asks for what this Consul may have and direct mode cannot render.
///
/// Consul: cluster peers came with 1.13, Envoy extensions with 1.15; only Enterprise has namespaces.
async fn facts(run: &RunSettings, consul: &Consul, agent: &Agent) -> Result<Snapshot, String> {
    if let Fact::Unknown(reason @ (Reason::Lacks(_) | Reason::Unanswered)) = &agent.version {
        return Err(match reason {
            Reason::Lacks(right) => format!("the token lacks {}", right.name),
            _ => "the agent does not report its release".to_owned(),
        });
    }
    let parsed = agent.consul_version();
    let has = |first| parsed.as_ref().is_none_or(|version| version.at_least(first));
    let settings = &run.gateway;
    let mut snapshot = Snapshot {
        consul_version: agent.version.known().cloned().unwrap_or_default(),
        ..Snapshot::collecting()
    };
    snapshot.gateway.namespace = settings.consul.namespace.clone().unwrap_or_default();
    snapshot.gateway.partition = settings.consul.partition.clone().unwrap_or_default();
    let name = settings.gateway.service_name();
    let wanted = [
        (has(Release(1, 15, 0)), Answer::ServiceDefaults),
        (has(Release(1, 13, 0)), Answer::Intentions),
        (agent.is_enterprise(), Answer::Links),
    ];
    let get = |(is_wanted, answer): (bool, Answer<'static>)| {
        let path = of_answer(answer, "", name);
        async move {
            if is_wanted {
                Some((answer, consul.exchange(Method::GET, &path, &[], None, None).await))
            } else {
                None
            }
        }
    };
    let [defaults, intentions, links] = wanted.map(get);
    let (defaults, intentions, links) = tokio::join!(defaults, intentions, links);
    for (answer, reply) in [defaults, intentions, links].into_iter().flatten() {
        take(&mut snapshot, answer, &of_answer(answer, "", name), reply)?;
    }
    Ok(snapshot)
}

fn take(
    snapshot: &mut Snapshot,
    answer: Answer<'_>,
    path: &Path,
    reply: Result<consul::Answer, consul::Error>,
) -> Result<(), String> {
    let reply = reply.map_err(|error| format!("{error}: {}", error.failure))?;
    snapshot.apply(answer, reply.status, &reply.body).map_err(|error| format!("GET {path}: {error}"))
}
