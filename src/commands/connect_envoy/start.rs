//! Checks that Envoy fits this agent, and starts it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Command;
use super::agent::Agent;
use crate::bootstrap::{Bootstrap, BootstrapForm, GrpcEndpoint, GrpcPort, GrpcSource};
use crate::consul::facts::Fact;
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::version::EnvoyVersion;
use crate::envoy::{locate, process, version};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::output::Reporter;
use crate::settings::connect_envoy::ConnectEnvoySettings;

impl Command<'_> {
    /// Hands over to Envoy; only comes back if that fails.
    pub(super) async fn start(&self, envoy: &Path, agent: &Agent, bootstrap: &Bootstrap) -> CommandError {
        self.warn_about_grpc(agent, bootstrap.form()).await;
        self.report.finish();
        if let Err(error) = self.report.stop_if_strict("Envoy was not started") {
            return error;
        }
        let file = match BootstrapFile::new(bootstrap.text()) {
            Ok(file) => file,
            Err(error) => return error.into(),
        };
        process::exec(envoy, &file, &envoy_arguments(&self.settings.envoy.arguments)).into()
    }

    /// Points at gRPC settings that Consul takes without a word and that cannot be meant.
    pub(super) fn warn_about_grpc_flags(&self, agent: &Agent, form: BootstrapForm) {
        let Ok((address, source)) = agent.grpc(self.settings, form) else { return };
        let on_socket = matches!(address.endpoint, GrpcEndpoint::Unix { .. });
        if form == BootstrapForm::V3 && self.host.authorities.grpc.is_some() && !address.tls && !on_socket {
            let message = "the gRPC CA has no effect: write https:// before the gRPC address to speak TLS";
            self.report.report(Finding::new(Code::FlagWithoutEffect, "--grpc-ca-file", message));
        }
        if source != GrpcSource::Flag && !self.settings.consul.address.is_local() {
            let message = format!(
                "the agent at {} is on another host, but Envoy is sent to gRPC on this one: give --grpc-addr",
                self.consul.address()
            );
            self.report.report(Finding::new(Code::GrpcElsewhere, "--grpc-addr", message));
        }
        if let GrpcEndpoint::Tcp(host_port) = &address.endpoint
            && agent.facts.grpc == Fact::Known(GrpcPort { port: host_port.port, tls: true })
            && !address.tls
        {
            let port = host_port.port;
            let message =
                format!("the agent's gRPC port {port} speaks TLS: write https:// before the address");
            self.report.report(Finding::new(Code::GrpcSpeaksTls, "--grpc-addr", message));
        }
    }

    pub(super) fn warn_about_token(&self, agent: &Agent) {
        if agent.facts.acls == Fact::Known(true) && self.settings.token.is_empty() {
            let message =
                "ACLs are on and Envoy gets no token: give one with --token-file or CONSUL_HTTP_TOKEN";
            self.report.report(Finding::new(Code::NoToken, "token", message));
        }
    }

    /// Says so when nothing listens on the gRPC port, since Envoy itself only keeps trying.
    pub(super) async fn warn_about_grpc(&self, agent: &Agent, form: BootstrapForm) {
        let Ok((address, source)) = agent.grpc(self.settings, form) else { return };
        let GrpcEndpoint::Tcp(host_port) = address.endpoint else { return };
        let host = agent.grpc_host(source, &self.host.grpc_address);
        let Ok(ip) = host.parse::<std::net::IpAddr>() else { return };
        let connecting = tokio::net::TcpStream::connect((ip, host_port.port));
        let outcome = tokio::time::timeout(Duration::from_secs(1), connecting).await;
        let reason = match outcome {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer within a second".to_owned(),
        };
        let message = format!(
            "the agent's gRPC port {ip} port {} cannot be reached: {reason}; Envoy will keep trying",
            host_port.port
        );
        self.report.report(Finding::new(Code::GrpcUnreachable, "--grpc-addr", message));
    }
}

/// The Envoy to start, if this agent can serve it.
pub(super) fn find_envoy(
    settings: &ConnectEnvoySettings,
    agent: &Agent,
    search_path: Option<&str>,
    report: &Reporter,
) -> Result<PathBuf, CommandError> {
    let envoy = locate::find(settings.envoy.binary.as_deref(), search_path)?;
    if settings.envoy.ignore_compatibility {
        return Ok(envoy);
    }
    let form = agent.form(None);
    match (version::read(&envoy), form) {
        (Ok(found), _) => refuse_incompatible(found, form, agent, report)?,
        // Consul of that time never asked.
        (Err(error), BootstrapForm::V2) => {
            let subject = envoy.display().to_string();
            report.report(Finding::new(Code::EnvoyVersionUnknown, subject, error.to_string()));
        }
        (Err(error), BootstrapForm::V3) => return Err(error.into()),
    }
    Ok(envoy)
}

/// Refuses an Envoy that cannot work with this agent.
///
/// Consul from 1.15 starts only those that it lists. Before 1.10 it started any, while Envoy from 1.17 on no longer
/// speaks the protocol that it serves.
fn refuse_incompatible(
    envoy: EnvoyVersion,
    form: BootstrapForm,
    agent: &Agent,
    report: &Reporter,
) -> Result<(), CommandError> {
    let version = agent.facts.shown();
    let refuse = |reason: String| {
        Err(CommandError::message(Kind::Envoy, reason)
            .hint("`termgate run --config-source=direct` serves any current Envoy, whatever the Consul")
            .hint("--ignore-envoy-compatibility starts it anyway"))
    };
    if form == BootstrapForm::V2 {
        let speaks_v2 = (envoy.major, envoy.minor) <= (1, 16);
        return if speaks_v2 {
            Ok(())
        } else {
            refuse(format!(
                "{version} speaks xDS v2, which Envoy {envoy} no longer understands (up to 1.16 do)"
            ))
        };
    }
    match agent.facts.envoys.known() {
        None => {
            let message = format!(
                "{version} does not list the Envoy releases that it supports; starting Envoy {envoy}"
            );
            report.report(Finding::new(Code::EnvoysNotListed, envoy.to_string(), message));
            Ok(())
        }
        Some(listed) if listed.supports(envoy) => Ok(()),
        Some(listed) => refuse(format!("{version} supports Envoy {}, not {envoy}", listed.display())),
    }
}

/// Envoy's arguments: the user's, and `--disable-hot-restart` unless they are about hot restarts.
fn envoy_arguments(given: &[String]) -> Vec<OsString> {
    const ABOUT_HOT_RESTART: &[&str] = &[
        "--disable-hot-restart",
        "--restart-epoch",
        "--hot-restart-version",
        "--drain-time-s",
        "--parent-shutdown-time-s",
    ];
    let is_about = |argument: &String| {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        ABOUT_HOT_RESTART.contains(&name)
    };
    let ours = (!given.iter().any(is_about)).then_some("--disable-hot-restart");
    ours.into_iter().map(OsString::from).chain(given.iter().map(OsString::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::envoy_arguments;

    fn arguments(given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|text| (*text).to_owned()).collect();
        envoy_arguments(&given).into_iter().filter_map(|text| text.into_string().ok()).collect()
    }

    #[test]
    fn hot_restart_is_off_unless_the_arguments_are_about_it() {
        assert_eq!(arguments(&["--base-id", "3"]), ["--disable-hot-restart", "--base-id", "3"]);
        assert_eq!(arguments(&["--restart-epoch=1"]), ["--restart-epoch=1"]);
        assert_eq!(arguments(&["--restart-epochs"]), ["--disable-hot-restart", "--restart-epochs"]);
        assert_eq!(arguments(&["--disable-hot-restart"]), ["--disable-hot-restart"]);
    }
}
