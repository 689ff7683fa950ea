//! Recorded runs of `consul connect envoy`: the same flags, environment and answers must give the same bootstrap.
//!
//! Only the pure part: no process, no socket. Differences that termgate means are listed in [`super::differences`], each with
//! its reason; a case that is listed and yet agrees fails, so that the list stays true.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the run")]

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value, json};
use termgate::testing::bootstrap::{
    AccessLogs, Authorities, Bootstrap, BootstrapForm, BootstrapOptions, GrpcEndpoint, GrpcPort, XdsSource,
    agent_grpc, assemble, bootstrap_form, check, discover_grpc_address, render,
};
use termgate::testing::cli::dropin::connect_envoy;
use termgate::testing::consul::facts::Agent;
use termgate::testing::finding::Finding;
use termgate::testing::proxy_config::fill;
use termgate::testing::settings::connect_envoy::{ConnectEnvoySettings, DEFAULT_ADMIN_PORT};
use termgate::testing::settings::flag::Grammar;
use termgate::testing::settings::options::Options;
use termgate::testing::snapshot::AgentService;
use termgate::testing::system::authorities;

use super::differences::{self, Seen};
use super::recorded_runs::{self, difference};

/// Groups of cases in which a failure comes from flags, environment or Proxy.Config alone.
const PURE_GROUPS: &[&str] = &["pconf", "pdef", "grpc", "admin", "ready", "prom", "token", "combo"];

/// One trial a recorded case.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for release in recorded_runs::RELEASES {
        for case in recorded_runs::cases(release) {
            let name =
                format!("bootstrap::connect_envoy::{release}::{}", case["name"].as_str().unwrap_or("?"));
            trials.push(Trial::test(name, move || compare(release, &case)));
        }
    }
    for line in recorded_runs::read("bootstrap-templates/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for release in ["1.8.7", "1.21.4"] {
            let case = case.clone();
            let name = format!("bootstrap::template::{release}::{}", case["name"].as_str().unwrap_or("?"));
            trials.push(Trial::test(name, move || compare_template(release, &case)));
        }
    }
    trials
}

fn compare(release: &str, case: &Value) -> Result<(), Failed> {
    let name = case["name"].as_str().unwrap_or_default();
    let different = differences::reason(release, name, Seen::Bootstrap);
    let directory = tempfile::tempdir()?;
    let outcome = run(release, case, directory.path());
    let verdict =
        judge(case, &directory.path().display().to_string(), outcome.as_ref().map_err(String::as_str));
    match (verdict, different) {
        (Ok(()), None) | (Err(_), Some(_)) => Ok(()),
        (Ok(()), Some(reason)) => {
            Err(format!("agrees with the recording, though listed as: {reason}").into())
        }
        (Err(difference), None) => Err(difference.into()),
    }
}

/// Whether the outcome is the recorded one.
///
/// A recorded failure that the pure part cannot see (the agent's refusals, a missing executable) is none of ours;
/// a bootstrap that the real Envoy refused must be an error here, or the same.
fn judge(case: &Value, directory: &str, outcome: Result<&Bootstrap, &str>) -> Result<(), String> {
    let recorded = case.get("bootstrap").or_else(|| case.get("envoy_config"));
    match (recorded, outcome) {
        // Whether the agent refuses, or an executable is there, is not for the pure part to see.
        (None, Ok(_))
            if case["exit"] != 0 && PURE_GROUPS.contains(&case["group"].as_str().unwrap_or_default()) =>
        {
            Err("a bootstrap, though Consul fails".to_owned())
        }
        (None, _) => Ok(()),
        (Some(_), Err(error)) if case.get("envoy_refuses").is_some() => {
            if error.is_empty() {
                Err("an empty error".to_owned())
            } else {
                Ok(())
            }
        }
        (Some(_), Err(error)) => Err(format!("no bootstrap, but: {error}")),
        (Some(recorded), Ok(bootstrap)) => {
            let text = bootstrap.text().replace(directory, "{{DIR}}");
            let ours: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if ours == *recorded { Ok(()) } else { Err(difference("", recorded, &ours)) }
        }
    }
}

/// Carries a recorded case out, with its own answers in place of an agent.
pub fn run(release: &str, case: &Value, directory: &Path) -> Result<Bootstrap, String> {
    let world = World { release, case, directory };
    recorded_runs::put_files(case, directory);
    let strings = |key: &str| case[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let (typed, words) =
        connect_envoy::parse(strings("args").map(|arg| world.fill(arg).into())).map_err(|e| e.to_string())?;
    let env: BTreeMap<String, String> = case["env"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), world.fill(value.as_str().unwrap_or_default())))
        .collect();
    let options = Options::new(Grammar::Consul, &typed, &env);
    let (settings, _) =
        ConnectEnvoySettings::of_consul(&options, words).map_err(|error| error.to_string())?;
    let bootstrap = world.bootstrap(&settings, &|name| env.get(name).cloned())?;
    let findings = check::check(&bootstrap);
    match findings.into_iter().find(Finding::is_failure) {
        Some(finding) => Err(finding.to_string()),
        None => Ok(bootstrap),
    }
}

/// A recorded case and the directory it runs in.
struct World<'a> {
    release: &'a str,
    case: &'a Value,
    directory: &'a Path,
}

impl World<'_> {
    fn fill(&self, text: &str) -> String {
        text.replace("{{DIR}}", &self.directory.display().to_string())
            .replace("{{AGENT}}", "127.0.0.1:8500")
            .replace("{{TLS_PORT}}", "8501")
            .replace("{{PORT}}", "8500")
    }

    /// The recorded JSON answer of a request, where there is one.
    fn answer(&self, path: &str) -> Option<&Value> {
        let exchanges = self.case["exchanges"].as_array()?;
        let exchange = exchanges.iter().rfind(|exchange| {
            exchange["method"] == "GET"
                && exchange["path"].as_str().is_some_and(|found| found.starts_with(path))
        })?;
        (exchange["status"] == 200).then(|| exchange.get("response_body")).flatten()
    }

    fn bootstrap(
        &self,
        settings: &ConnectEnvoySettings,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Bootstrap, String> {
        let listed = self
            .answer("/v1/agent/services")
            .and_then(Value::as_object)
            .and_then(|services| services.values().next());
        let by_node = self.answer("/v1/catalog/node-services/").and_then(|answer| answer["Services"].get(0));
        let mut service: AgentService = match by_node.or_else(|| self.answer("/v1/agent/service/")) {
            Some(answer) => serde_json::from_value(answer.clone()).map_err(|error| error.to_string())?,
            None => AgentService::default(),
        };
        if by_node.is_some() {
            let datacenter =
                self.answer("/v1/catalog/node-services/").map(|answer| &answer["Node"]["Datacenter"]);
            datacenter.and_then(Value::as_str).unwrap_or_default().clone_into(&mut service.datacenter);
        }
        if !service.id.is_empty() && service.kind != "terminating-gateway" {
            return Err(format!("service `{}` is of kind `{}`", service.id, service.kind));
        }
        let facts = self.answer("/v1/agent/self").map(Agent::read);
        // The made-up agents answer alike for both releases and name none: there the user's word decides.
        let said = facts.as_ref().and_then(|facts| facts.version.known());
        let stated = (self.case["agent"] == "fake").then_some(self.release);
        let version = said.map(String::as_str).or(stated).and_then(|version| version.parse().ok());
        let form = bootstrap_form(version.as_ref(), by_node.is_none().then_some(&service));
        let id = match (&settings.gateway.proxy_id, listed) {
            (Some(id), _) => id.clone(),
            (None, Some(listed)) => listed["ID"].as_str().unwrap_or_default().to_owned(),
            (None, None) => return Err("no gateway".to_owned()),
        };
        let found_name = listed.and_then(|listed| listed["Service"].as_str());
        let name = if settings.gateway.proxy_id.is_some() { None } else { found_name };
        let loopback = facts.as_ref().map_or(Ipv4Addr::LOCALHOST.into(), Agent::loopback);
        let options = BootstrapOptions {
            cluster: settings.gateway.cluster(&id, name),
            proxy_id: id,
            node_name: settings.node_name.clone().unwrap_or_default(),
            namespace: settings.consul.namespace.clone().unwrap_or_default(),
            partition: settings.consul.partition.clone().unwrap_or_default(),
            envoy_version: settings.envoy_version.clone(),
            loopback,
            admin_address: match &settings.admin_bind {
                Some(bind) => look_up(&bind.value.host)?,
                None => loopback.to_string(),
            },
            admin_port: settings.admin_bind.as_ref().map_or(DEFAULT_ADMIN_PORT, |bind| bind.value.port),
            admin_log_path: settings.admin_log_path.clone(),
            prometheus: settings.prometheus.clone(),
            ready: settings.ready.clone(),
            omit_deprecated_tags: settings.omit_deprecated_tags,
            no_central_config: settings.no_central_config,
            token: settings.token.clone(),
        };
        let xds = xds(settings, form, facts.as_ref().and_then(|facts| facts.grpc.known().copied()))?;
        let access_logs = self
            .answer("/v1/config/proxy-defaults/global")
            .and_then(|entry| entry.get("AccessLogs"))
            .and_then(|logs| serde_json::from_value::<AccessLogs>(logs.clone()).ok());
        let input = assemble(&options, form, xds, &service, access_logs, variable)
            .map_err(|error| error.to_string())?;
        render(&input).map_err(|error| error.to_string())
    }
}

/// Where Envoy reaches the agent by gRPC.
fn xds(
    settings: &ConnectEnvoySettings,
    form: BootstrapForm,
    port: Option<GrpcPort>,
) -> Result<XdsSource, String> {
    let address = match &settings.grpc_address {
        Some(address) => address.clone(),
        None => discover_grpc_address(None, None, port).map_err(|error| error.to_string())?.0,
    };
    let tls = &settings.consul.tls;
    let authorities = Authorities {
        grpc: authorities::read(settings.grpc_ca_file.as_deref(), settings.grpc_ca_path.as_deref())
            .map_err(|e| e.to_string())?,
        http: authorities::read(tls.ca_file.as_deref(), tls.ca_path.as_deref()).map_err(|e| e.to_string())?,
    };
    let host = match &address.endpoint {
        GrpcEndpoint::Tcp(host_port) => look_up(&host_port.host)?,
        GrpcEndpoint::Unix { .. } => String::new(),
    };
    Ok(XdsSource::Agent(agent_grpc(form, &address, &host, settings.consul.address.is_tls(), &authorities)))
}

/// The names that the recordings' host knew.
fn look_up(host: &str) -> Result<String, String> {
    match host {
        "localhost" => Ok("127.0.0.1".to_owned()),
        "node-a" | "gateway.internal" | "consul.internal" => Ok("10.9.0.2".to_owned()),
        _ => host
            .parse::<std::net::IpAddr>()
            .map(|_| host.to_owned())
            .map_err(|_| format!("no such host: {host}")),
    }
}

/// A custom template with the recorded fields' sources; output byte for byte.
fn compare_template(release: &str, case: &Value) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    for (name, content) in case["files"].as_object().into_iter().flatten() {
        std::fs::write(directory.path().join(name), content.as_str().unwrap_or_default())?;
    }
    let here = |arg: &str| {
        if arg == "ca.pem" { directory.path().join(arg).display().to_string() } else { arg.to_owned() }
    };
    let args = case["args"][release].as_array().into_iter().flatten().filter_map(Value::as_str).skip(2);
    let (typed, words) = connect_envoy::parse(args.map(|arg| here(arg).into()))?;
    let env = BTreeMap::new();
    let options = Options::new(Grammar::Consul, &typed, &env);
    let (settings, _) = ConnectEnvoySettings::of_consul(&options, words)?;

    let mut service = case["service"].clone();
    service["Service"] = service["Name"].clone();
    if let Some(template) = service.pointer_mut("/Proxy/Config/envoy_bootstrap_json_tpl")
        && template == "@template.tpl"
    {
        *template = case["template"].clone();
    }
    let defaults = &case["proxy_defaults"];
    if release == "1.21.4" {
        service["Datacenter"] = json!("dc1");
        let mut config = object(&service["Proxy"]["Config"]);
        fill(&mut config, &object(&defaults["Config"]));
        service["Proxy"] = json!({ "Config": config });
    }
    // Only what the agents of these recordings said matters here: the service, as merged by the agent.
    let exchanges = json!([
        { "method": "GET", "path": "/v1/agent/services", "status": 200, "response_body": { "x": service } },
        { "method": "GET", "path": "/v1/agent/service/x", "status": 200, "response_body": service },
        { "method": "GET", "path": "/v1/config/proxy-defaults/global", "status": 200, "response_body": defaults },
    ]);
    let recorded = json!({ "exchanges": exchanges });
    let world = World { release, case: &recorded, directory: directory.path() };
    let outcome = world.bootstrap(&settings, &|_| None);
    let expected = &case["results"][release];
    match (expected["stdout"].as_str(), outcome) {
        (None, Err(_)) => Ok(()),
        (Some(text), Ok(bootstrap)) => {
            // Consul 1.21 ends its output with one more line end.
            let text = if release == "1.21.4" { text.strip_suffix('\n').unwrap_or(text) } else { text };
            if bootstrap.text() == text {
                return Ok(());
            }
            Err(format!("recorded:\n{text}\nours:\n{}", bootstrap.text()).into())
        }
        (None, Ok(bootstrap)) => Err(format!("rendered, though Consul fails: {}", bootstrap.text()).into()),
        (Some(_), Err(error)) => Err(error.into()),
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
