//! External services that cannot be reached: each cause is logged, with real servers, once when it begins and once when it
//! is over.

use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, connect, getsockname, listen, socket,
};
use rustls::version::TLS12;
use serde_json::{Value, json};

use crate::support::consul::free_address;
use crate::support::dns::{NameServer, Names};
use crate::support::gateway::Gateway;
use crate::support::http::Request;
use crate::support::monitor::{get, ready};
use crate::support::origin::{Origin, Speaks};
use crate::support::pki::Authority;
use crate::support::server::Server;
use crate::world::{OUTSIDE, World, answered_by, verified};

/// A gateway that answers for its state.
struct Watched {
    gateway: Gateway,
    state: SocketAddr,
}

impl Watched {
    fn start(world: &World, flags: &[&str]) -> Result<Self> {
        Self::start_with(world, flags, &[])
    }

    fn start_with(world: &World, flags: &[&str], of_envoy: &[String]) -> Result<Self> {
        world.write_entry()?;
        let (state, address) = (free_address()?, free_address()?);
        let run = world
            .run()?
            .args(["--log-format", "json", "--address", &address.to_string()])
            .args(["--ready-bind", &state.to_string(), "--metrics-bind", &state.to_string()])
            .args(flags);
        Ok(Self { gateway: Gateway::launch_with(&world.gateway, address, run, of_envoy)?, state })
    }

    /// Sends requests to `service` until its finding `code` is in force; gives the finding's line of the log.
    fn finds(&mut self, world: &World, service: &str, code: &str) -> Result<Value> {
        let (frontend, at, state) = (world.frontend()?, self.gateway.address, self.state);
        let output = self.gateway.process.shared_output();
        let metric = format!("termgate_findings{{code=\"{code}\",subject=\"{service}\"}} 1");
        self.gateway.eventually(&format!("{code} of {service}"), || {
            drop(frontend.get(at, service, "/")?);
            let metrics = get(state, "/metrics")?.text();
            let found: Vec<&str> = metrics.lines().filter(|line| line.contains(service)).collect();
            ensure!(metrics.contains(&metric), "{found:#?}");
            Ok(())
        })?;
        let lines = || -> Vec<Value> {
            let text = output.text();
            let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
            lines.filter(|line: &Value| line["code"] == code && line["service"] == service).collect()
        };
        // The log is written by a thread of its own.
        let line = self.gateway.eventually(&format!("the line about {code} of {service}"), || {
            lines().into_iter().next().context("not yet")
        })?;
        let count = lines().len();
        ensure!(count == 1, "logged {count} times: {line}");
        let message = line["message"].as_str().context("no message")?;
        let ready = ready(state)?;
        ensure!(ready.contains(message), "{ready}");
        Ok(line)
    }
}

/// Links a service at `address`, as tcp and as http; gives both names.
fn both(world: &mut World, stem: &str, address: SocketAddr, tls: &Value) -> Result<[String; 2]> {
    let tcp = world.allowed_with(stem, address, tls.clone())?;
    let http = world.allowed_with(&format!("{stem}-http"), address, tls.clone())?;
    world.consul.set_protocol(&http, "http")?;
    Ok([tcp, http])
}

/// A TCP server that accepts no connection: its queue is full.
struct Full {
    address: SocketAddr,
    _sockets: Vec<OwnedFd>,
}

impl Full {
    fn start() -> Result<Self> {
        let new = |flags| socket(AddressFamily::Inet, SockType::Stream, flags, None);
        let server = new(SockFlag::empty())?;
        bind(server.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0))?;
        listen(&server, Backlog::new(0)?)?;
        let own: SockaddrIn = getsockname(server.as_raw_fd())?;
        let mut sockets = vec![server];
        for _ in 0..4 {
            let client = new(SockFlag::SOCK_NONBLOCK)?;
            // In progress, as it stays.
            let _ = connect(client.as_raw_fd(), &own);
            sockets.push(client);
        }
        Ok(Self { address: SocketAddr::from((own.ip(), own.port())), _sockets: sockets })
    }
}

#[test]
fn each_cause_is_reported_with_its_service_and_what_to_do() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let other = Authority::new("Another CA")?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let tls = verified(&ca);
    let stranger = other.client("stranger")?;
    let mut with_pair = tls.clone();
    with_pair["CertFile"] = json!(world.file("c.pem", &stranger.certificate)?);
    with_pair["KeyFile"] = json!(world.file("c.key", &stranger.key)?);
    let identity = world.authority.server(&[OUTSIDE])?;

    let plain = Server::tcp(None, |connection| {
        drop(std::io::BufRead::fill_buf(&mut connection.stream));
        std::io::Write::write_all(connection.stream.get_mut(), b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
        Ok(())
    })?;
    // It knows nothing of what it reads, and ends the connection.
    let hangs_up = Origin::plain("plain")?;
    let speaks_tls = Origin::tls("tls", &identity)?;
    let wrong_name = Origin::tls("name", &world.authority.server(&["else.example", "127.0.0.1"])?)?;
    let wrong_ca = Origin::tls("ca", &other.server(&[OUTSIDE])?)?;
    let expired = Origin::tls("expired", &world.authority.expired_server(OUTSIDE)?)?;
    let mutual = Origin::mutual_tls("mutual", &identity, &world.authority)?;
    let clients = Some(world.authority.certificate.as_str());
    let mutual_1_2 = Origin::configured("mutual", Arc::new(identity.server_config_of(clients, &[&TLS12])?))?;
    // The alert with which a server refuses every version that it is offered.
    let old = Server::tcp(None, |connection| {
        drop(std::io::BufRead::fill_buf(&mut connection.stream));
        std::io::Write::write_all(connection.stream.get_mut(), &[21, 3, 1, 0, 2, 2, 70])?;
        std::thread::sleep(Duration::from_millis(100));
        Ok(())
    })?;
    let nobody = free_address()?;

    let cases: [(&str, SocketAddr, &Value, &str, &str); 13] = [
        ("refused", nobody, &json!({}), "upstream-refused", "nothing listens there"),
        ("refused-tls", nobody, &tls, "upstream-refused", "nothing listens there"),
        ("name", wrong_name.address(), &tls, "upstream-tls-name", "for `else.example`, `127.0.0.1`"),
        ("ca", wrong_ca.address(), &tls, "upstream-tls-ca", "issued by `CN=Another CA`"),
        ("expired", expired.address(), &tls, "upstream-tls-expired", "expired on "),
        ("plain", plain.address().context("address")?, &tls, "upstream-plaintext", "answers in plain text"),
        ("hangs-up", hangs_up.address(), &tls, "upstream-tls-failed", "it may not speak TLS"),
        ("tls", speaks_tls.address(), &json!({}), "upstream-speaks-tls", "TLS"),
        ("old", old.address().context("address")?, &tls, "upstream-tls-version", "no TLS version"),
        ("mutual", mutual.address(), &tls, "upstream-client-certificate", "the gateway has none"),
        ("mutual12", mutual_1_2.address(), &tls, "upstream-client-certificate", "the gateway has none"),
        (
            "pair",
            mutual.address(),
            &with_pair,
            "upstream-client-certificate",
            "refuses the client certificate",
        ),
        (
            "pair12",
            mutual_1_2.address(),
            &with_pair,
            "upstream-client-certificate",
            "refuses the client certificate",
        ),
    ];
    let mut services = Vec::new();
    for (stem, address, entry, code, text) in cases {
        for name in both(&mut world, stem, address, entry)? {
            services.push((name, code, text));
        }
    }

    let mut watched = Watched::start(&world, &[])?;
    for (service, code, text) in &services {
        let line = watched.finds(&world, service, code)?;
        let message = line["message"].as_str().unwrap_or_default();
        assert!(message.contains(&format!("service `{service}`")) && message.contains(text), "{line}");
        assert!(line["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{line}");
        // Clients of a tcp service may speak TLS themselves.
        let is_clients = *code == "upstream-speaks-tls" && !service.contains("http");
        assert_eq!(line["level"], if is_clients { "warning" } else { "error" }, "{line}");
    }
    // No server got a request of the mesh, or a certificate but that of the entry.
    for origin in [&speaks_tls, &wrong_name, &wrong_ca, &expired, &mutual, &mutual_1_2] {
        assert_eq!(origin.seen().len(), 0);
    }
    Ok(())
}

#[test]
fn a_server_that_does_not_answer_is_distinguished_from_one_that_stays_silent() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let tls = verified(&ca);
    let full = Full::start()?;
    let silent = Server::tcp(None, |connection| {
        drop(std::io::Read::read_to_end(&mut connection.stream, &mut Vec::new()));
        Ok(())
    })?;
    let [full_name, full_http] = both(&mut world, "full", full.address, &json!({}))?;
    let [silent_name, silent_http] = both(&mut world, "silent", silent.address().context("address")?, &tls)?;
    for service in [&full_name, &full_http, &silent_name, &silent_http] {
        world.consul.write_config_entry(
            &json!({"Kind": "service-resolver", "Name": service, "ConnectTimeout": "300ms"}),
        )?;
    }
    let mut watched = Watched::start(&world, &[])?;
    for service in [full_name, full_http] {
        let line = watched.finds(&world, &service, "upstream-timeout")?;
        assert!(line.to_string().contains("does not answer within the connect timeout"), "{line}");
    }
    for service in [silent_name, silent_http] {
        let line = watched.finds(&world, &service, "upstream-tls-failed")?;
        assert!(line.to_string().contains("does not answer the TLS handshake"), "{line}");
    }
    Ok(())
}

#[test]
fn a_name_that_does_not_resolve_is_reported() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let service = world.allowed_at("unresolved", "no-such-name.invalid", 80)?;
    let names = NameServer::start(Names::new())?;
    let arguments = ["--config-yaml".to_owned(), names.envoy_settings().to_string()];
    let mut watched = Watched::start_with(&world, &[], &arguments)?;
    let line = watched.finds(&world, &service, "upstream-unresolved")?;
    assert!(line["message"].to_string().contains("`no-such-name.invalid` does not resolve"), "{line}");
    Ok(())
}

#[test]
fn a_problem_is_resolved_once_the_server_answers() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let address = free_address()?;
    let [service, _] = both(&mut world, "back", address, &json!({}))?;
    let mut watched = Watched::start(&world, &[])?;
    let line = watched.finds(&world, &service, "upstream-refused")?;
    let message = line["message"].as_str().context("no message")?.to_owned();

    let _back = Origin::at(address, "back", None, Speaks::Http)?;
    let (frontend, at) = (world.frontend()?, watched.gateway.address);
    answered_by(&mut watched.gateway, &frontend, &service, "back")?;
    let (output, over) = (watched.gateway.process.shared_output(), format!("resolved: {message}"));
    watched.gateway.eventually("the end of the trouble", || {
        frontend.get(at, &service, "/")?.answer()?;
        ensure!(output.text().contains(&over), "it goes on");
        Ok(())
    })?;
    let ready = get(watched.state, "/ready")?.text();
    assert!(!ready.contains(&service), "{ready}");
    Ok(())
}

#[test]
fn without_probes_no_server_is_contacted_and_causes_are_still_reported() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let other = Authority::new("Another CA")?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let origin = Origin::tls("ca", &other.server(&[OUTSIDE])?)?;
    let service = world.allowed_with("ca", origin.address(), verified(&ca))?;
    let mut watched = Watched::start(&world, &["--no-probe"])?;
    let line = watched.finds(&world, &service, "upstream-tls-ca")?;
    assert!(!line.to_string().contains("Another CA"), "{line}");
    // Each handshake with the server was one of Envoy's, which ended with an alert.
    let failed = origin.failed_handshakes();
    assert!(failed.iter().all(|reason| reason.contains("alert")), "{failed:?}");
    Ok(())
}

/// Processor time that a process has used, in clock ticks.
fn used(process: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields = stat.rsplit_once(") ").context("stat")?.1.split(' ');
    Ok(fields.skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?)
}

#[test]
fn a_flood_of_failures_is_reported_once_and_costs_little() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let [_, service] = both(&mut world, "flood", free_address()?, &json!({}))?;
    let mut watched = Watched::start(&world, &[])?;
    watched.finds(&world, &service, "upstream-refused")?;
    let (frontend, at) = (world.frontend()?, watched.gateway.address);
    let (termgate, envoy) = (watched.gateway.process.id(), watched.gateway.envoy()?);
    let before = (used(termgate)?, used(envoy)?);
    let mut connection = frontend.connect(at, &service).map_err(|_| anyhow!("not connected"))?;
    for _ in 0..20_000 {
        let answer = connection.exchange(&Request::new("GET", "/", &service))?;
        ensure!(answer.status == 503, "{}", answer.status);
    }
    let cost = (used(termgate)? - before.0, used(envoy)? - before.1);
    ensure!(cost.0 * 4 < cost.1, "termgate used {} ticks, Envoy {}", cost.0, cost.1);
    watched.finds(&world, &service, "upstream-refused")?;
    Ok(())
}
