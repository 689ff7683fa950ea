//! How termgate speaks to the agent: redirects, passwords in addresses, answers of any size, connections that break.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::faulty_agent::FaultyAgent;
use crate::support::http::{Request, Response};
use crate::support::origin::Origin;
use crate::support::server::Server;
use crate::world::World;

const TOKEN: &str = "5ec2e700-0000-4000-8000-000000000001";

/// A server that answers every request by the same rule.
fn server(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Result<(Server, SocketAddr)> {
    let server = Server::tcp(None, move |connection| {
        while let Some(request) = Request::read_from(&mut connection.stream)? {
            connection.stream.get_mut().write_all(&answer(&request).to_bytes())?;
            connection.stream.get_mut().flush()?;
        }
        Ok(())
    })?;
    let address = server.address().context("a TCP server has an address")?;
    Ok((server, address))
}

fn text(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response { status, headers: Vec::new(), body: body.into() }
}

#[test]
fn the_token_is_not_sent_to_another_origin_on_a_redirect() -> Result<()> {
    let authority = crate::support::pki::Authority::new("agent CA")?;
    let (other, mut agent) = (FakeConsul::start()?, FakeConsul::start()?);
    let tls = agent.tls(&authority.server(&["127.0.0.1"])?, None)?;
    let (plain, elsewhere) = (agent.address(), other.address());
    let cases = [
        // (the agent's address, where it refers to)
        (format!("http://{plain}"), format!("http://{elsewhere}/v1/config/mesh")),
        (format!("http://{plain}"), format!("//{elsewhere}/v1/config/mesh")),
        (format!("http://{plain}"), format!("http://localhost:{}/v1/config/mesh", plain.port())),
        (format!("https://{tls}"), format!("http://{plain}/v1/config/mesh")),
    ];
    for (address, location) in cases {
        for status in [301, 302, 303, 307, 308] {
            let redirect = Answer::text(status, "").header("Location", &location);
            agent.replace("GET", "/v1/config/mesh", redirect.clone());
            agent.replace("GET", "/v1/agent/self", redirect.clone());
            agent.replace("PUT", "/v1/agent/service/register", redirect);
            let before = agent.received().len();
            let run = |arguments: &[&str]| {
                Termgate::new(arguments)?
                    .env("CONSUL_HTTP_ADDR", &address)
                    .env("CONSUL_HTTP_TOKEN", TOKEN)
                    .env("CONSUL_HTTP_AUTH", "me:passw0rd")
                    .file("ca.pem", &authority.certificate)?
                    .env("CONSUL_CACERT", "ca.pem")
                    .run()
            };
            let listed = run(&["config", "list", "-kind", "mesh"])?;
            let origin = location.trim_end_matches("/v1/config/mesh");
            let origin = if origin.starts_with("//") { format!("http:{origin}") } else { origin.to_owned() };
            listed.says(&[&address, &format!("to another origin, {origin}"), "CONSUL_HTTP_ADDR"])?;
            assert_eq!(listed.code, Some(1), "{listed}");
            let registered = run(&["register", "--service", "gw", "--address", "127.0.0.1:8443"])?;
            assert_eq!(registered.code, Some(4), "{registered}");
            assert_eq!(agent.received().len(), before + 2, "{status} {location}: one request each");
            ensure!(other.received().is_empty(), "{:?}", other.received());
        }
    }
    Ok(())
}

#[test]
fn a_redirect_within_the_origin_is_followed_up_to_the_limit() -> Result<()> {
    let agent = FakeConsul::start()?;
    let to = |path: &str, status| Answer::text(status, "").header("Location", path);
    agent
        .on("GET", "/v1/config/mesh", to("/v1/there", 301))
        .on("GET", "/v1/there", to(&format!("http://{}/v1/here", agent.address()), 307))
        .on("GET", "/v1/here", Answer::json(200, &json!([{"Kind": "mesh"}])))
        .on("GET", "/v1/config/service-defaults", to("service-defaults", 308));
    let list = |kind: &str| {
        Ok::<_, anyhow::Error>(
            Termgate::new(["config", "list", "-kind", kind])?
                .fake_consul(&agent)
                .env("CONSUL_HTTP_TOKEN", TOKEN),
        )
    };
    assert_eq!(list("mesh")?.succeeds()?.stdout, "mesh\n");
    for received in agent.received() {
        assert_eq!(received.request.header("X-Consul-Token"), Some(TOKEN), "{}", received.line());
    }
    list("service-defaults")?.exits(1)?.says(&["redirects more than 3 times"])
}

#[test]
fn a_write_that_a_redirect_makes_a_read_has_failed() -> Result<()> {
    let agent = FakeConsul::start()?;
    agent.on("PUT", "/v1/config", Answer::text(302, "").header("Location", "/ui/")).on(
        "GET",
        "/ui/",
        Answer::text(200, "true"),
    );
    let write = Termgate::new(["config", "write", "-"])?.stdin(r#"{"Kind": "mesh"}"#).fake_consul(&agent);
    write.exits(1)?.says(&["status 302", "nothing is written"])?;
    agent.expect_requests(&["PUT /v1/config"])
}

/// Command lines of every kind; those of `connect envoy` and `config …` in Consul's grammar.
const COMMANDS: [&[&str]; 19] = [
    &["bootstrap", "--service", "gw"],
    &["register", "--service", "gw", "--address", "127.0.0.1:8443"],
    &["register", "--service", "gw", "--address", "127.0.0.1:8443", "--dry-run"],
    &["deregister", "--service", "gw"],
    &["deregister", "--service", "gw", "--dry-run"],
    &["config", "write", "entry.json"],
    &["config", "read", "-kind", "mesh", "-name", "mesh"],
    &["config", "list", "-kind", "mesh"],
    &["config", "delete", "-kind", "mesh", "-name", "mesh"],
    &["config", "diff", "entry.json"],
    &["config", "apply", "entry.json"],
    &["config", "validate", "entry.json"],
    &["services", "link", "web", "--service", "gw"],
    &["services", "list", "--service", "gw", "--output", "json"],
    &["services", "register", "web", "--address", "10.0.0.1", "--port", "80"],
    &["render", "--service", "gw"],
    &["snapshot", "--service", "gw"],
    &["connect", "envoy", "-gateway=terminating", "-bootstrap", "-register", "-address=127.0.0.1:8443"],
    &["run", "--service", "gw", "--wait", "300ms", "--envoy-binary", "/bin/true", "--log-format", "json"],
];

/// Runs every command, with the address as a variable and as a flag; none may show one of `secrets`.
fn sweep(address: &str, set: &[(&str, &str)], secrets: &[&str]) -> Result<()> {
    for (command, by_flag) in COMMANDS.iter().flat_map(|command| [(command, false), (command, true)]) {
        let mut run = Termgate::new(*command)?.file("entry.json", r#"{"Kind": "mesh"}"#)?;
        if by_flag {
            let flag = format!("-http-addr={address}");
            let is_dropin = command[..2] == ["connect", "envoy"]
                || (command[0] == "config" && ["write", "read", "list", "delete"].contains(&command[1]));
            if command[..2] == ["config", "validate"] {
                continue;
            } else if is_dropin {
                // Consul's flags end at the first word that is not one.
                let file = command.iter().position(|word| *word == "entry.json");
                let (flags, rest) = command.split_at(file.unwrap_or(command.len()));
                run = Termgate::new(flags)?.arg(flag).args(rest).file("entry.json", r#"{"Kind": "mesh"}"#)?;
            } else {
                run = run.arg(format!("-{flag}"));
            }
        } else {
            run = run.env("CONSUL_HTTP_ADDR", address);
        }
        for (name, value) in set {
            run = run.env(name, value);
        }
        let output = run.run()?;
        for secret in secrets {
            ensure!(
                !output.stdout.contains(secret) && !output.stderr.contains(secret),
                "{secret} in {output}"
            );
        }
        ensure!(!output.stderr.contains("Usage:"), "{output}");
    }
    Ok(())
}

#[test]
fn no_secret_is_shown_whatever_the_agent_does() -> Result<()> {
    // `me:PassW0rd` in base64.
    let secrets = ["PassW0rd", "bWU6UGFzc1cwcmQ=", TOKEN];
    let set = [("CONSUL_HTTP_TOKEN", TOKEN), ("CONSUL_HTTP_AUTH", "me:PassW0rd")];
    let down = free_address()?;
    let echo = |request: &Request| {
        let headers: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        headers.join("\n")
    };
    let servers = [
        server(|_| text(500, "No cluster leader"))?,
        server(|_| text(403, "Permission denied"))?,
        server(|_| text(200, "<html>garbage"))?,
        server(move |request| text(200, echo(request)))?,
        server(move |request| text(500, echo(request)))?,
        server(|request| {
            let to = format!("http://elsewhere:1{}?{}", request.target, TOKEN);
            Response { headers: vec![("Location".to_owned(), to)], ..text(307, "") }
        })?,
    ];
    for address in servers.iter().map(|(_, address)| *address).chain([down]) {
        sweep(&format!("http://{address}"), &set, &secrets)?;
    }
    for address in [
        format!("http://me:PassW0rd@{down}"),
        "me:PassW0rd@".to_owned(),
        format!("http://me:PassW0rd@{}:port", down.ip()),
        format!("htp://me:PassW0rd@{down}"),
        format!("http://me:12/PassW0rd@{down}"),
        format!("https://me:PassW0rd@{down}"),
        "http://me:PassW0rd@nowhere.invalid:8500".to_owned(),
    ] {
        sweep(&address, &set, &secrets)?;
    }
    Ok(())
}

#[test]
fn no_secret_of_a_variable_is_shown() -> Result<()> {
    let down = free_address()?;
    let proxy = format!("http://me:PassW0rd@{down}");
    for (address, variable, value) in [
        ("http://10.255.0.1:8500", "HTTP_PROXY", &*proxy),
        ("https://10.255.0.1:8501", "HTTPS_PROXY", &proxy),
        ("http://10.255.0.1:8500", "HTTP_PROXY", "me:PassW0rd@:x"),
        (&*down.to_string(), "CONSUL_GRPC_ADDR", "http://me:PassW0rd@127.0.0.1:8502"),
        (&down.to_string(), "CONSUL_GRPC_ADDR", "PassW0rd@127.0.0.1:8502"),
    ] {
        sweep(address, &[(variable, value)], &["PassW0rd", "bWU6UGFzc1cwcmQ="])?;
    }
    Ok(())
}

/// Runs a command with so much address space, in MiB: it fails where it needs more.
fn within(mebibytes: usize, run: &Termgate) -> Result<std::process::Output> {
    let command = run.to_command()?;
    let mut limited = Command::new("/bin/sh");
    limited
        .args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", mebibytes << 10)])
        .arg(command.get_program());
    limited.args(command.get_args()).env_clear().current_dir(run.directory());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Ok(limited.output()?)
}

/// The commands that read answers of each sort, one that is a list of instances included.
const READERS: [&[&str]; 6] = [
    &["config", "list", "-kind", "mesh"],
    &["config", "read", "-kind", "mesh", "-name", "mesh"],
    &["config", "apply", "entry.json", "--dry-run"],
    &["render", "--service", "gw"],
    &["snapshot", "--service", "gw"],
    &["services", "list", "--service", "gw"],
];

#[test]
fn an_answer_of_any_size_costs_little_memory_and_is_not_shown_whole() -> Result<()> {
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let endless = Server::tcp(None, move |connection| {
        if Request::read_from(&mut connection.stream)?.is_none() {
            return Ok(());
        }
        let stream = connection.stream.get_mut();
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        let part = chunk(&vec![b'a'; 1 << 20]);
        // Until the client goes away.
        loop {
            stream.write_all(&part)?;
        }
    })?;
    let string = Arc::new([b"\"".as_slice(), &vec![b'a'; 100_000_000], b"\""].concat());
    let objects = Arc::new([b"[{}".as_slice(), &b",{}".repeat(30_000_000), b"]"].concat());
    let short_objects = Arc::new([b"[{}".as_slice(), &b",{}".repeat(20_000_000), b"]"].concat());
    let wrong = Arc::new([b"[\"".as_slice(), &vec![b'a'; 1_000_000], b"\"]"].concat());
    let nested = Arc::new("[".repeat(1_000_000).into_bytes());
    let failed = Arc::new(vec![b'e'; 10_000_000]);
    let with = |status, body: &Arc<Vec<u8>>| {
        let body = Arc::clone(body);
        server(move |_| text(status, body.as_slice()))
    };
    let headers: Vec<(String, String)> =
        (0..90).map(|number| (format!("X-{number}"), "h".repeat(100_000))).collect();
    let servers = [
        ("a string", with(200, &string)?),
        ("objects", with(200, &objects)?),
        ("fewer objects", with(200, &short_objects)?),
        ("a value of the wrong type", with(200, &wrong)?),
        ("nesting", with(200, &nested)?),
        ("an error", with(500, &failed)?),
        ("a refusal", with(403, &failed)?),
        ("headers", server(move |_| Response { headers: headers.clone(), ..text(200, "[]") })?),
    ];
    let endless_address = endless.address().context("a TCP server has an address")?;
    let all = servers.iter().map(|(what, (_, address))| (*what, *address));
    for (what, address) in all.chain([("an endless answer", endless_address)]) {
        for command in READERS {
            let run = Termgate::new(command)?
                .env("CONSUL_HTTP_ADDR", address.to_string())
                .file("entry.json", r#"{"Kind": "mesh"}"#)?;
            // Room for the largest answer and for what the parser's error says of it.
            let room = if command[0] == "services" { 900 } else { 300 };
            let output = within(room, &run)?;
            let stderr = String::from_utf8_lossy(&output.stderr);
            let start: String = stderr.chars().take(2000).collect();
            ensure!(
                matches!(output.status.code(), Some(1 | 3..=5)),
                "{what}: {command:?} {:?} {start}",
                output.status
            );
            ensure!(stderr.len() < 3000 && output.stdout.len() < 3000, "{what}: {command:?} {start}");
        }
    }
    Ok(())
}

#[test]
fn an_answer_in_an_unrequested_coding_is_an_error() -> Result<()> {
    let (_server, address) = server(|request| {
        let status = if request.header("Accept-Encoding").is_some() { 500 } else { 200 };
        let headers = vec![("Content-Encoding".to_owned(), "gzip".to_owned())];
        Response { headers, ..text(status, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0].repeat(100)) }
    })?;
    let list =
        Termgate::new(["config", "list", "-kind", "mesh"])?.env("CONSUL_HTTP_ADDR", address.to_string());
    let output = list.exits(1)?;
    ensure!(!output.stderr.contains("500"), "{output}");
    Ok(())
}

#[test]
fn a_proxy_that_closes_each_connection_after_its_answer_costs_nothing() -> Result<()> {
    needs!(Consul);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    for number in 0..5 {
        world.allowed(&format!("s{number}"), &origin)?;
    }
    world.write_entry()?;
    let agent = FaultyAgent::before(world.consul)?;
    agent.close_after_answers();
    let run = |arguments: &[&str]| {
        Termgate::new(arguments)?
            .faulty_agent(&agent)?
            .file("entry.json", json!({"Kind": "service-defaults", "Name": &world.gateway}).to_string())?
            .succeeds()
    };
    for round in 0..20 {
        let address = format!("127.0.0.1:{}", 20_000 + round);
        run(&["register", "--service", &world.gateway, "--address", &address])?;
        run(&["render", "--service", &world.gateway])?;
        run(&["services", "link", &format!("more-{round}"), "--service", &world.gateway])?;
    }
    run(&["config", "apply", "entry.json"])?;
    run(&["deregister", "--service", &world.gateway])?;
    ensure!(world.consul.agent_service(&world.gateway)?.is_none(), "it is still registered");
    Ok(())
}

#[test]
fn a_write_whose_answer_is_lost_is_carried_out_once_or_reported_as_unknown() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let agent = FaultyAgent::before(consul)?;
    let name = consul.unique("lost");
    let run = |arguments: &[&str]| {
        Termgate::new(arguments)?
            .faulty_agent(&agent)?
            .file("entry.json", json!({"Kind": "service-defaults", "Name": &name}).to_string())
    };
    // It is written by the request whose answer is lost; the same one again is a conflict with that.
    agent.swallow_answer("PUT /v1/config");
    let applied = run(&["config", "apply", "entry.json"])?.run()?;
    ensure!(!applied.stderr.contains("changed meanwhile"), "{applied}");
    applied
        .says(&["does not show whether the request was carried out", "it may have been written anyway"])?;
    ensure!(consul.config_entry("service-defaults", &name)?.is_some(), "{applied}");

    agent.swallow_answer("PUT /v1/agent/service/register");
    run(&["register", "--service", &name, "--address", "127.0.0.1:8443"])?.succeeds()?;
    agent.swallow_answer("PUT /v1/agent/service/deregister");
    run(&["deregister", "--service", &name])?.succeeds()?;
    ensure!(consul.agent_service(&name)?.is_none(), "it is still registered");
    Ok(())
}
