//! Commands that fix what is found, for findings of parts that know no command.

use super::facts::Facts;
use super::word;
use crate::finding::{Code, Finding};
use crate::gateway::host_port::NotAHost;
use crate::nearest::nearest;
use crate::render::{Upstream, Upstreams, address_of};
use crate::upstream::{Handshake, Shown};

/// The finding with a command that fixes it, where there is one and it has none yet.
pub fn with_command(finding: Finding, facts: &Facts, upstreams: &Upstreams) -> Finding {
    if finding.command.is_some() {
        return finding;
    }
    let subject = word(&finding.subject);
    let gateway = word(&facts.name);
    match finding.code {
        Code::TlsWithoutSni => match probed_name(facts, upstreams, &finding.subject) {
            None => finding,
            Some((upstream, name)) => finding
                .help(format!(
                    "set `SNI = {name:?}` in the gateway's entry: the server's certificate has this name"
                ))
                .command(setting_sni(facts, upstream, name)),
        },
        Code::KeyReadableByAll => finding.command(format!("chmod 600 {subject}")),
        Code::PermissionsOnTcp if !has_defaults(facts, &finding.subject) => {
            let entry =
                format!("Kind = \"service-defaults\" Name = {:?} Protocol = \"http\"", finding.subject);
            finding.command(format!("echo {} | termgate config write -", word(&entry)))
        }
        Code::NoInstance => match registered_near(facts, &finding.subject) {
            None => finding,
            Some(near) => {
                let help = format!("there is a service `{near}`: link that one instead");
                let near = word(&near);
                finding.help(help).command(format!(
                    "termgate services link {near} --service {gateway} && \
                     termgate services unlink {subject} --service {gateway}"
                ))
            }
        },
        Code::PartialWildcard => {
            finding.command(format!("termgate services unlink {subject} --service {gateway}"))
        }
        Code::LinksItself => {
            finding.command(format!("termgate services unlink {gateway} --service {gateway}"))
        }
        Code::BadInstance => match url(facts, &finding.subject) {
            None => finding,
            Some(Instead { id, node, host, port }) => finding.command(format!(
                "termgate services register {subject} --id {} --node {} --address {} --port {port}",
                word(&id),
                word(&node),
                word(&host)
            )),
        },
        Code::IntentionOnGateway => {
            let sources: Vec<String> = facts
                .snapshot
                .iter()
                .flat_map(|snapshot| snapshot.intentions.iter())
                .filter(|intention| intention.destination_name.eq_ignore_ascii_case(&facts.name))
                .map(|intention| {
                    format!(
                        "termgate intention delete {} {}",
                        word(&intention.source_name),
                        word(&intention.destination_name)
                    )
                })
                .collect();
            finding.command(sources.join(" && "))
        }
        _ => finding,
    }
}

/// The shortest host name that a server's certificate has.
pub fn host_name(shown: &Shown) -> Option<&str> {
    let Shown::Tls(Handshake { certificate: Some(certificate), .. }) = shown else { return None };
    let is_host = |name: &&String| {
        name.contains('.') && name.parse::<std::net::IpAddr>().is_err() && !name.contains(['*', '/', ':'])
    };
    certificate.names.iter().filter(is_host).min_by_key(|name| name.len()).map(String::as_str)
}

/// The command that sets the SNI of a link and leaves the rest of it as it is.
pub fn setting_sni(facts: &Facts, server: &Upstream, name: &str) -> String {
    let mut words =
        vec![format!("termgate services link {} --service {}", word(&server.service), word(&facts.name))];
    if let Some(tls) = &server.tls {
        words.push(format!("--service-ca-file {}", word(&tls.authorities)));
        if !tls.certificate.is_empty() {
            words.push(format!(
                "--service-cert-file {} --service-key-file {}",
                word(&tls.certificate),
                word(&tls.key)
            ));
        }
    }
    words.push(format!("--sni {}", word(name)));
    words.join(" ")
}

/// What a server of the service shows, if its certificate has a host name: the upstream, and the name.
fn probed_name<'a>(
    facts: &'a Facts,
    upstreams: &'a Upstreams,
    service: &str,
) -> Option<(&'a Upstream, &'a str)> {
    let probe = facts.probes.is()?.iter().find(|probe| probe.service == service)?;
    let upstream = upstreams.iter().find(|upstream| upstream.service == service)?;
    Some((upstream, host_name(&probe.shown)?))
}

fn has_defaults(facts: &Facts, service: &str) -> bool {
    facts.snapshot.as_ref().is_some_and(|snapshot| snapshot.service_defaults.contains_key(service))
}

/// A service outside the mesh with nearly this name that is not linked.
fn registered_near(facts: &Facts, service: &str) -> Option<String> {
    let nodes = facts.nodes.is()?;
    let links = facts.snapshot.as_ref().map(|snapshot| &snapshot.links);
    let is_linked =
        |name: &str| links.is_some_and(|links| links.iter().any(|link| link.service.name == name));
    let services = nodes.iter().flat_map(|node| &node.services).filter(|found| found.kind.is_empty());
    let names = services.map(|found| found.service.as_str()).filter(|name| !is_linked(name));
    // Numbered services are not misspellings of each other.
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let names = names.filter(|name| *name != service && digits(name) == digits(service));
    nearest(service, names).map(str::to_owned)
}

/// An instance, with the host in the place of a URL.
struct Instead {
    id: String,
    node: String,
    host: String,
    port: i64,
}

/// The first instance whose address is a URL.
fn url(facts: &Facts, service: &str) -> Option<Instead> {
    let instances = facts.snapshot.as_ref()?.instances.get(service)?;
    instances.iter().find_map(|instance| {
        let NotAHost { host, .. } = NotAHost::of(address_of(instance))?;
        let port = instance.service.reached_port();
        let (id, node) = (instance.service.id.clone(), instance.node.node.clone());
        (!host.is_empty() && port > 0).then_some(Instead { id, node, host, port })
    })
}
