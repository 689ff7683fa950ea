//! Registration and bootstrap of one gateway: planned, checked, rendered.

use std::time::Duration;

use serde_json::{Map, Value};

use super::agent::{Agent, ProxyDefaults};
use super::gateway::{Gateway, refuse_other_kinds};
use super::{Command, one_way_tls};
use crate::bootstrap::{
    Bootstrap, BootstrapForm, BootstrapOptions, XdsSource, agent_grpc, assemble, check, explain, render,
    second_look,
};
use crate::commands::register;
use crate::consul::Failure;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::registration::{KIND, Registration, shares_address};
use crate::gateway::replacement;
use crate::proxy_config::fill;
use crate::settings::connect_envoy::DEFAULT_ADMIN_PORT;
use crate::snapshot::AgentService;
use crate::sockaddr::Interfaces;
use crate::system::interfaces;

/// The run after the agent's first answers.
pub(super) struct Run<'a> {
    pub(super) command: &'a Command<'a>,
    pub(super) agent: &'a Agent,
    pub(super) gateway: &'a Gateway,
    pub(super) defaults: ProxyDefaults,
}

impl Run<'_> {
    pub(super) fn plan_registration(&self) -> Result<Option<Registration>, CommandError> {
        let Some(flags) = &self.command.settings.registration else { return Ok(None) };
        let has_addresses =
            flags.address.is_some() || flags.wan_address.is_some() || !flags.bind_addresses.is_empty();
        let interfaces = if has_addresses {
            interfaces::collect().map_err(|error| CommandError::new(Kind::Failed, error))?
        } else {
            Interfaces::default()
        };
        let port = self.agent.default_port();
        let plan = register::plan(flags, &self.command.settings.consul, &interfaces, port)?;
        self.command.report.report_all(plan.findings);
        Ok(Some(plan.registration))
    }

    /// Renders the bootstrap as it will come out once the gateway is registered, and stops if it would not work.
    pub(super) async fn check_before(&self, registration: &Registration) -> Result<(), CommandError> {
        // Whatever else the agent answers, registering will tell; but an agent that answers nothing is not asked again.
        let (earlier, ()) = tokio::join!(
            self.command.consul.agent_service::<Value>(&registration.id),
            self.warn_about_neighbours(registration)
        );
        let answer = match earlier {
            Ok(answer) => answer,
            Err(error) if matches!(error.failure, Failure::Timeout(_) | Failure::TimeLimit { .. }) => {
                return Err(CommandError::from(error)
                    .context(format!("cannot look for an earlier registration of `{}`", registration.id)));
            }
            Err(_) => Value::Null,
        };
        let empty = Map::new();
        let defaults = self.defaults.config.as_ref().unwrap_or(&empty);
        self.command.report.report_all(replacement::replace(&answer, registration, defaults)?);
        let form = self.agent.form(None);
        let mut config = registration.config();
        if let Some(defaults) = self.defaults.config.as_ref().filter(|_| self.agent.merges_central_config()) {
            fill(&mut config, defaults);
        }
        let mut expected = AgentService { kind: KIND.to_owned(), ..AgentService::default() };
        expected.id.clone_from(&registration.id);
        expected.service.clone_from(&registration.name);
        expected.proxy.config = config;
        let bootstrap = self.render(form, &expected)?;
        // What is an error depends on the form, which an agent that keeps its release to itself leaves open.
        if self.agent.facts.version.known().is_some() {
            check::usable(&bootstrap)?;
        }
        if self.command.report.is_strict() {
            self.look_twice(&expected, &bootstrap);
            self.command.warn_about_grpc_flags(self.agent, form);
            if one_way_tls::is_affected(self.agent.facts.consul_version().as_ref()) {
                self.warn_about_one_way_tls(&registration.name).await;
            }
            if !self.command.settings.print_bootstrap {
                self.command.warn_about_grpc(self.agent, form).await;
            }
        }
        self.command.report.stop_if_strict("nothing was registered")
    }

    /// Says so when another service of the agent has the gateway's address and port, which only one process can have.
    async fn warn_about_neighbours(&self, registration: &Registration) {
        const PATIENCE: Duration = Duration::from_secs(2);
        let services = self.command.consul.agent_services();
        // Only a warning depends on it.
        let Ok(Ok(services)) = tokio::time::timeout(PATIENCE, services).await else {
            return;
        };
        let lan = &registration.lan;
        let own = AgentService::from(registration);
        if let Some(other) = services.values().find(|other| shares_address(&own, other)) {
            let address = if lan.address.is_empty() { "the node's address" } else { &lan.address };
            let message = format!(
                "the service `{}` is registered at {address} port {} as well: only one can listen there",
                other.id, lan.port
            );
            self.command.report.report(Finding::new(Code::AddressShared, &other.id, message));
        }
    }

    /// The bootstrap, from the agent's answers as they are now.
    pub(super) async fn bootstrap(&self) -> Result<Bootstrap, CommandError> {
        let service = self.service_with_warning().await?;
        let form = if self.command.settings.node_name.is_some() {
            self.agent.form(None)
        } else {
            self.agent.form(Some(&service))
        };
        let bootstrap = self.render(form, &service)?;
        check::usable(&bootstrap)?;
        self.look_twice(&service, &bootstrap);
        Ok(bootstrap)
    }

    /// Reports what of the bootstrap is likely not meant.
    fn look_twice(&self, service: &AgentService, bootstrap: &Bootstrap) {
        let settings = self.command.settings;
        let report = self.command.report;
        report.report_all(second_look(
            &service.proxy.config,
            bootstrap.form(),
            &settings.prometheus,
            settings.no_central_config,
            settings.envoy_version.is_some(),
        ));
        report.report_all(check::check(bootstrap).into_iter().map(check::in_bootstrap));
    }

    /// Reports the services, linked to this gateway, that Consul's xDS leaves without TLS material.
    async fn warn_about_one_way_tls(&self, gateway: &str) {
        let Command { consul, report, .. } = self.command;
        one_way_tls::report(consul, &self.agent.facts, gateway, report).await;
    }

    /// The gateway; meanwhile, for the releases that need it, a look at the services that it is linked to.
    async fn service_with_warning(&self) -> Result<AgentService, CommandError> {
        if !one_way_tls::is_affected(self.agent.facts.consul_version().as_ref()) {
            return self.service().await;
        }
        let registered = self.command.settings.registration.as_ref().map(|flags| &flags.name);
        if let Some(name) = registered.or(self.gateway.looked_up.as_ref()) {
            let (service, ()) = tokio::join!(self.service(), self.warn_about_one_way_tls(name));
            return service;
        }
        let service = self.service().await?;
        self.warn_about_one_way_tls(&service.service).await;
        Ok(service)
    }

    /// Where each value of the gateway's Proxy.Config comes from, a line a value.
    pub(super) async fn explanation(&self) -> Result<String, CommandError> {
        let service = self.service().await?;
        let empty = Map::new();
        let defaults = self.defaults.config.as_ref().filter(|_| self.agent.merges_central_config());
        let mut text = explain(defaults.unwrap_or(&empty), &service.proxy.config);
        if self.defaults.access_logs.is_some() {
            text.push_str("proxy-defaults: its AccessLogs are the admin server's\n");
        }
        if self.defaults.config.is_some() && !self.agent.merges_central_config() {
            text.push_str("this agent leaves proxy-defaults out (enable_central_service_config is off)\n");
        }
        if self.command.settings.no_central_config {
            text.push_str("--no-central-config: none of these values is used\n");
        }
        Ok(text)
    }

    /// The gateway as the agent, or the catalog with `-node-name`, has it.
    pub(super) async fn service(&self) -> Result<AgentService, CommandError> {
        let id = &self.gateway.id;
        // Consul before 1.10 does not ask then, and never notices that there is no such service.
        if self.command.settings.no_central_config && self.agent.form(None) == BootstrapForm::V2 {
            let name = self.command.settings.gateway.cluster(id, self.gateway.looked_up.as_deref());
            return Ok(AgentService { id: id.clone(), service: name, ..AgentService::default() });
        }
        let failed = |error: crate::consul::Error| {
            let is_missing = error.is_not_found();
            let error = CommandError::from(error).context(format!("cannot read the service `{id}`"));
            if is_missing {
                error.hint("--service-id takes the ID of a service that is registered with this agent")
            } else {
                error
            }
        };
        let (service, datacenter) = if let Some(node) = &self.command.settings.node_name {
            let mut answer = self.command.consul.node_service(node, id).await.map_err(failed)?;
            let datacenter =
                answer.pointer("/Node/Datacenter").and_then(Value::as_str).unwrap_or_default().to_owned();
            let service = answer.pointer_mut("/Services/0").map(Value::take).unwrap_or_default();
            (service, datacenter)
        } else {
            (self.command.consul.agent_service(id).await.map_err(failed)?, String::new())
        };
        if service.is_null() {
            return Err(CommandError::message(Kind::Failed, format_args!("no service has the ID `{id}`"))
                .hint("--service-id takes the ID of a registered service, not its name"));
        }
        let is_proxy = service.get("Proxy").is_some_and(|proxy| !proxy.is_null());
        let mut service: AgentService = serde_json::from_value(service).map_err(|error| {
            CommandError::new(Kind::Agent, error)
                .context(format!("the agent's answer about the service `{id}` does not match Consul's API"))
        })?;
        refuse_other_kinds(&service)?;
        if !is_proxy {
            return Err(CommandError::message(
                Kind::Agent,
                format_args!(
                    "the agent's answer about the service `{id}` has no proxy configuration, as every gateway has"
                ),
            ));
        }
        if service.id != *id {
            let message = format!("asked for the service `{id}`, the agent answers about `{}`", service.id);
            self.command.report.report(Finding::new(Code::UnexpectedAnswer, id, message));
        }
        if service.datacenter.is_empty() {
            service.datacenter = datacenter;
        }
        Ok(service)
    }

    pub(super) fn render(
        &self,
        form: BootstrapForm,
        service: &AgentService,
    ) -> Result<Bootstrap, CommandError> {
        let settings = self.command.settings;
        let (address, source) = self.agent.grpc(settings, form)?;
        let resolved = self.agent.grpc_host(source, &self.command.host.grpc_address);
        let loopback = self.agent.facts.loopback();
        let http_is_tls = settings.consul.address.is_tls();
        let xds = agent_grpc(form, &address, &resolved, http_is_tls, &self.command.host.authorities);
        let options = BootstrapOptions {
            cluster: settings.gateway.cluster(&self.gateway.id, self.gateway.looked_up.as_deref()),
            proxy_id: self.gateway.id.clone(),
            node_name: settings.node_name.clone().unwrap_or_default(),
            namespace: settings.consul.namespace.clone().unwrap_or_default(),
            partition: settings.consul.partition.clone().unwrap_or_default(),
            envoy_version: settings.envoy_version.clone(),
            loopback,
            admin_address: self.command.host.admin_address.clone().unwrap_or_else(|| loopback.to_string()),
            admin_port: settings.admin_bind.as_ref().map_or(DEFAULT_ADMIN_PORT, |bind| bind.value.port),
            admin_log_path: settings.admin_log_path.clone(),
            prometheus: settings.prometheus.clone(),
            ready: settings.ready.clone(),
            omit_deprecated_tags: settings.omit_deprecated_tags,
            no_central_config: settings.no_central_config,
            token: settings.token.clone(),
        };
        let variable = |name: &str| self.command.env.get(name);
        let access_logs = self.defaults.access_logs.clone();
        let input = assemble(&options, form, XdsSource::Agent(xds), service, access_logs, &variable)?;
        Ok(render(&input)?)
    }
}
