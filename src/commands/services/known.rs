//! Whether Consul knows the gateway and the service of a link.
//!
//! Consul stores any link. A misspelt name has no effect, and Consul gives no warning.

use serde_json::Value;

use crate::config_entry::TERMINATING_GATEWAY;
use crate::consul::{Consul, EntryPath, Error, names_of};
use crate::finding::{Code, Finding};
use crate::nearest::nearest;

/// The service of Consul's own servers: a list without it is not all that there is.
const SERVERS: &str = "consul";

/// The link in question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub gateway: &'a str,
    pub has_entry: bool,
    pub service: &'a str,
    /// Its Enterprise namespace, where that is another one than the gateway's.
    pub namespace: Option<&'a str>,
}

/// What the agent says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Facts {
    /// The services of the gateway's namespace.
    services: Vec<String>,
    /// Those of the linked service's, where that is another one.
    others: Option<Vec<String>>,
    /// Whether the linked service is a destination outside the mesh, which needs no registration.
    is_destination: bool,
    /// The gateways that have an entry.
    gateways: Vec<String>,
}

/// Names that are unknown to Consul. Asks the agent once, and again only where something is not registered.
pub async fn findings(question: Question<'_>, consul: &Consul) -> Vec<Finding> {
    match question.facts(consul).await {
        Ok(facts) => question.judge(&facts),
        Err(error) => vec![Finding::new(
            Code::UncheckedLink,
            question.service,
            format!("cannot check whether the service and the gateway are registered: {error}"),
        )],
    }
}

impl Question<'_> {
    async fn facts(&self, consul: &Consul) -> Result<Facts, Error> {
        let mut facts = Facts { services: consul.service_names(None).await?, ..Facts::default() };
        if let Some(namespace) = self.namespace {
            facts.others = Some(consul.service_names(Some(namespace)).await?);
        }
        if self.lacks_service(&facts) {
            let (name, namespace) = (self.service, self.namespace.unwrap_or_default());
            let path = EntryPath { kind: "service-defaults", name, namespace, partition: "" };
            let entry: Option<Value> = consul
                .config_entry(path)
                .await
                // Another version's kind, or a right that is missing: not known to be one.
                .unwrap_or_default()
                .and_then(|body| serde_json::from_slice(&body).ok());
            facts.is_destination =
                entry.is_some_and(|entry| entry.get("Destination").is_some_and(|one| !one.is_null()));
        }
        if self.lacks_gateway(&facts) {
            let answer = consul.config_entries(TERMINATING_GATEWAY).await.unwrap_or_default();
            facts.gateways = answer.map(|answer| names_of(&answer.body)).unwrap_or_default();
        }
        Ok(facts)
    }

    fn lacks_service(&self, facts: &Facts) -> bool {
        self.service != "*" && !facts.of_service().iter().any(|name| name == self.service)
    }

    fn lacks_gateway(&self, facts: &Facts) -> bool {
        !self.has_entry && !facts.services.iter().any(|name| name == self.gateway)
    }

    fn judge(&self, facts: &Facts) -> Vec<Finding> {
        let mut found = Vec::new();
        let Self { gateway, service, .. } = *self;
        if self.lacks_gateway(facts) {
            let names = facts.gateways.iter().chain(&facts.services).map(String::as_str);
            let near = nearest(gateway, names.filter(|name| *name != SERVERS));
            let message = format!(
                "the gateway `{gateway}` is unknown: it had no entry, and {}",
                unregistered(&facts.services)
            );
            found.push(
                Finding::new(Code::UnknownGateway, gateway, message)
                    .help(meant(near, "register it"))
                    .command(format!("termgate register --service {}", word(gateway))),
            );
        }
        if self.lacks_service(facts) && !facts.is_destination {
            let services = facts.of_service();
            let others =
                services.iter().map(String::as_str).filter(|name| ![SERVERS, gateway].contains(name));
            let message =
                format!("the gateway serves nothing for `{service}` yet: {}", unregistered(services));
            found.push(
                Finding::new(Code::UnregisteredService, service, message)
                    .help(meant(nearest(service, others), "register it"))
                    .command(format!(
                        "termgate services register {} --address HOST --port PORT",
                        word(service)
                    )),
            );
        }
        found
    }
}

impl Facts {
    fn of_service(&self) -> &[String] {
        self.others.as_ref().unwrap_or(&self.services)
    }
}

fn unregistered(services: &[String]) -> &'static str {
    if services.iter().any(|name| name == SERVERS) {
        "no service of that name is registered"
    } else {
        "this token sees no service of that name"
    }
}

/// A name as a word of a command line.
fn word(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if name.bytes().all(is_plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

fn meant(near: Option<&str>, otherwise: &str) -> String {
    match near {
        Some(name) => format!("did you mean `{name}`? Otherwise {otherwise}"),
        None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question<'_> =
        Question { gateway: "us-west-gateway", has_entry: false, service: "billing", namespace: None };

    fn judged(question: Question<'_>, facts: &Facts) -> Vec<String> {
        let found = question.judge(facts);
        found.into_iter().map(|one| format!("{}: {} ({})", one.code, one.message, one.help)).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_is_known_if_it_is_registered_or_has_an_entry() {
        let all = Facts { services: names(&["billing", "consul", "us-west-gateway"]), ..Facts::default() };
        assert_eq!(QUESTION.judge(&all), []);
        let service = Facts { services: names(&["billing", "consul"]), ..Facts::default() };
        assert_eq!(Question { has_entry: true, ..QUESTION }.judge(&service), []);
        let none = Facts { services: names(&["consul"]), is_destination: true, ..Facts::default() };
        assert_eq!(Question { has_entry: true, ..QUESTION }.judge(&none), []);
        assert_eq!(Question { has_entry: true, service: "*", ..QUESTION }.judge(&Facts::default()), []);
        let apart = Facts { others: Some(names(&["billing"])), ..Facts::default() };
        assert_eq!(Question { has_entry: true, namespace: Some("team"), ..QUESTION }.judge(&apart), []);
    }

    #[test]
    fn an_unknown_name_is_reported_with_a_similar_one() {
        let facts = Facts {
            services: names(&["bilingual", "biling", "consul"]),
            gateways: names(&["us-east-gateway", "us-west-gatewy"]),
            ..Facts::default()
        };
        assert_eq!(
            judged(QUESTION, &facts),
            [
                "unknown-gateway: the gateway `us-west-gateway` is unknown: it had no entry, and no service of \
                 that name is registered (did you mean `us-west-gatewy`? Otherwise register it)",
                "unregistered-service: the gateway serves nothing for `billing` yet: no service of that name is registered \
                 (did you mean `biling`? Otherwise register it)",
            ]
        );
        // Consul's own servers and the gateway itself are not meant.
        let facts = Facts { services: names(&["consul", "us-west-gateway"]), ..Facts::default() };
        for service in ["consu", "us-west-gatewai"] {
            let found = judged(Question { service, ..QUESTION }, &facts);
            assert!(found.len() == 1 && !found[0].contains("did you mean"), "{found:?}");
        }
    }

    #[test]
    fn commands_can_be_pasted() {
        let found = Question { service: "it's", ..QUESTION }.judge(&Facts::default());
        let commands: Vec<&str> = found.iter().filter_map(|one| one.command.as_deref()).collect();
        assert_eq!(
            commands,
            [
                "termgate register --service us-west-gateway",
                r"termgate services register 'it'\''s' --address HOST --port PORT"
            ]
        );
    }

    #[test]
    fn a_token_that_sees_little_proves_nothing() {
        let found = judged(QUESTION, &Facts::default());
        assert!(
            found.iter().all(|text| text.contains("this token sees no service of that name")),
            "{found:?}"
        );
    }
}
