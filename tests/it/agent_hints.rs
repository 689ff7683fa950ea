//! What termgate advises when the agent cannot be asked: the flag or the variable at fault, as it was typed.

use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::net::UnixListener;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, free_address, free_ports};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::pki::{Authority, Identity};

/// The files that the cases name.
struct Files {
    agent_ca: Authority,
    other_ca: Authority,
    client: Identity,
    stranger: Identity,
}

impl Files {
    fn new() -> Result<Self> {
        let (agent_ca, other_ca) = (Authority::new("agent CA")?, Authority::new("other CA")?);
        let (client, stranger) = (agent_ca.client("termgate")?, other_ca.client("stranger")?);
        Ok(Self { agent_ca, other_ca, client, stranger })
    }

    /// A command with all files beside it.
    fn command(&self, arguments: &[&str]) -> Result<Termgate> {
        let (ca, other) = (&self.agent_ca.certificate, &self.other_ca.certificate);
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBvTBXBgkqhkiG9w0BBQ0w\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        Termgate::new(arguments)?
            .file("ca.pem", ca)?
            .file("other.pem", other)?
            .file("both.pem", format!("{other}{ca}"))?
            .file("joined.pem", format!("{}{ca}", other.trim_end()))?
            .file("text.pem", "no certificate\n")?
            .file("damaged.pem", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n")?
            .file("nonsense.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")?
            .file("ca.der", [0x30, 0x82, 1, 0, 0x30])?
            .file("client.pem", &self.client.certificate)?
            .file("client-key.pem", &self.client.key)?
            .file("client-both.pem", format!("{}{}", self.client.key, self.client.certificate))?
            .file("stranger.pem", &self.stranger.certificate)?
            .file("stranger-key.pem", &self.stranger.key)?
            .file("encrypted.pem", encrypted)?
            .file("encrypted-old.pem", old)
    }
}

/// A command in each grammar, with the dashes of its flags.
const GRAMMARS: [(&[&str], &str); 3] = [
    (&["config", "list", "-kind", "mesh"], "-"),
    (&["connect", "envoy", "-gateway=terminating", "-bootstrap"], "-"),
    (&["register", "--service", "gw", "--address", "127.0.0.1:8443"], "--"),
];

fn fails(output: &Output, texts: &[&str]) -> Result<()> {
    ensure!(matches!(output.code, Some(1 | 3 | 4)), "{output}");
    ensure!(output.stderr.matches("hint:").count() == 1, "one hint: {output}");
    output.says(texts)
}

/// What each grammar says of these flags of TLS, given as flags and as variables.
fn tls_case(
    files: &Files,
    address: &str,
    settings: &[(&str, &str, &str)],
    texts: &[&str],
    names: &[&str],
) -> Result<()> {
    for (command, dashes) in GRAMMARS {
        let mut by_flag = files.command(command)?.env("CONSUL_HTTP_ADDR", address);
        let mut by_variable = files.command(command)?.env("CONSUL_HTTP_ADDR", address);
        for (flag, variable, value) in settings {
            by_flag = by_flag.arg(format!("{dashes}{flag}={value}"));
            by_variable = by_variable.env(variable, value);
        }
        let flags: Vec<String> = names.iter().map(|name| format!(" {dashes}{name}")).collect();
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let context = || format!("{command:?} {settings:?}");
        fails(&by_flag.run()?, &[texts, flags.as_slice()].concat()).with_context(context)?;
        let is_set = |name: &&str| settings.iter().any(|(flag, ..)| flag == name);
        let variables: Vec<&str> = names
            .iter()
            .map(|name| match *name {
                "ca-file" => "CONSUL_CACERT",
                "client-cert" => "CONSUL_CLIENT_CERT",
                "client-key" => "CONSUL_CLIENT_KEY",
                "tls-server-name" => "CONSUL_TLS_SERVER_NAME",
                other => other,
            })
            .collect();
        let output = by_variable.run()?;
        fails(&output, &[texts, variables.as_slice()].concat()).with_context(context)?;
        for name in names.iter().filter(|name| is_set(name)) {
            ensure!(!output.stderr.contains(&format!(" {dashes}{name}")), "{name} was not typed: {output}");
        }
    }
    Ok(())
}

const CA: (&str, &str, &str) = ("ca-file", "CONSUL_CACERT", "ca.pem");

#[test]
fn every_failure_of_tls_names_the_setting_at_fault() -> Result<()> {
    let files = Files::new()?;
    let mut agent = FakeConsul::start()?;
    agent.on("GET", "/v1/agent/self", Answer::json(200, &json!({})));
    agent.on("GET", "/v1/config/mesh", Answer::json(200, &json!([])));
    let good = agent.tls(&files.agent_ca.server(&["127.0.0.1"])?, None)?;
    let named = agent.tls(&files.agent_ca.server(&["server.dc1.consul"])?, None)?;
    let expired = agent.tls(&files.agent_ca.expired_server("server.dc1.consul")?, None)?;
    let (good, named) = (format!("https://{good}"), format!("https://{named}"));
    let ca_file = |file| ("ca-file", "CONSUL_CACERT", file);
    let name = ("tls-server-name", "CONSUL_TLS_SERVER_NAME", "server.dc1.consul");
    let wrong_name = ("tls-server-name", "CONSUL_TLS_SERVER_NAME", "server.dc2.consul");
    let pair = |cert, key| {
        [CA, ("client-cert", "CONSUL_CLIENT_CERT", cert), ("client-key", "CONSUL_CLIENT_KEY", key)]
    };

    let case = |address: &str, settings: &[_], texts: &[&str], names: &[&str]| {
        tls_case(&files, address, settings, texts, names)
    };
    case(&good, &[], &["give the CA of the agent's certificate"], &["ca-file"])?;
    case(
        &good,
        &[ca_file("other.pem")],
        &["no CA in other.pem signed the agent's certificate"],
        &["ca-file"],
    )?;
    case(&named, &[CA], &["valid for", "server.dc1.consul"], &["tls-server-name"])?;
    case(&named, &[CA, wrong_name], &["server.dc2.consul", "server.dc1.consul"], &["tls-server-name"])?;
    case(&format!("https://{expired}"), &[CA, name], &["expired", "renew the certificate"], &[])?;
    case(&format!("https://{}", agent.address()), &[CA], &["does the agent speak https there"], &[])?;

    case(&good, &[ca_file("joined.pem")], &["joined.pem: two PEM blocks are joined on line"], &["ca-file"])?;
    case(&good, &[ca_file("text.pem")], &["text.pem holds no PEM certificate"], &["ca-file"])?;
    case(&good, &[ca_file("damaged.pem")], &["damaged.pem: a PEM block cannot be read"], &["ca-file"])?;
    case(&good, &[ca_file("nonsense.pem")], &["nonsense.pem: certificate 1 cannot be a CA"], &["ca-file"])?;
    case(&good, &[ca_file("ca.der")], &["ca.der"], &["ca-file"])?;
    case(&good, &[ca_file("client-key.pem")], &["client-key.pem holds no PEM certificate"], &["ca-file"])?;
    for encrypted in ["encrypted.pem", "encrypted-old.pem"] {
        let settings = pair("client.pem", encrypted);
        case(&good, &settings, &[&format!("{encrypted} is encrypted"), "openssl pkey"], &["client-key"])?;
    }
    case(
        &good,
        &pair("text.pem", "client-key.pem"),
        &["text.pem holds no PEM certificate"],
        &["client-cert"],
    )?;
    case(&good, &pair("client.pem", "text.pem"), &["text.pem holds no PEM private key"], &["client-key"])?;
    case(
        &good,
        &pair("client.pem", "client.pem"),
        &["client.pem holds no PEM private key, but `CERTIFICATE`"],
        &["client-key"],
    )?;
    case(
        &good,
        &pair("client.pem", "stranger-key.pem"),
        &["it is not the key of the certificate in client.pem"],
        &["client-key"],
    )
}

#[test]
fn files_with_more_content_than_needed_are_accepted() -> Result<()> {
    let files = Files::new()?;
    let mut agent = FakeConsul::start()?;
    agent.on("GET", "/v1/config/mesh", Answer::json(200, &json!([{"Kind": "mesh"}])));
    let address = agent.tls(&files.agent_ca.server(&["127.0.0.1"])?, Some(&files.agent_ca))?;
    for (cert, key) in [("client.pem", "client-key.pem"), ("client-both.pem", "client-both.pem")] {
        let listed = files
            .command(&["config", "list", "-kind", "mesh", "-ca-file=both.pem"])?
            .env("CONSUL_HTTP_ADDR", format!("https://{address}"))
            .args([format!("-client-cert={cert}"), format!("-client-key={key}")])
            .succeeds()?;
        assert_eq!(listed.stdout, "mesh\n");
    }
    Ok(())
}

#[test]
fn the_real_agent_over_https_is_understood() -> Result<()> {
    needs!(Consul);
    let files = Files::new()?;
    let identity = files.agent_ca.server(&["127.0.0.1"])?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let [https] = free_ports()?;
    let consul = Consul::start_with(&json!({
        "ports": {"https": https},
        "verify_incoming_https": true,
        "ca_file": file("ca.pem", &files.agent_ca.certificate)?,
        "cert_file": file("agent.pem", &identity.certificate)?,
        "key_file": file("agent-key.pem", &identity.key)?,
    }))?;
    let (encrypted, plain) = (format!("https://127.0.0.1:{https}"), format!("https://{}", consul.http()));
    let pair = |cert, key| {
        [CA, ("client-cert", "CONSUL_CLIENT_CERT", cert), ("client-key", "CONSUL_CLIENT_KEY", key)]
    };
    let case = |address: &str, settings: &[_], texts: &[&str], names: &[&str]| {
        tls_case(&files, address, settings, texts, names)
    };
    case(&encrypted, &[], &["give the CA of the agent's certificate"], &["ca-file"])?;
    case(&encrypted, &[CA], &["the agent requires a client certificate"], &["client-cert", "client-key"])?;
    let stranger = pair("stranger.pem", "stranger-key.pem");
    case(
        &encrypted,
        &stranger,
        &["refuses the client certificate stranger.pem"],
        &["client-cert", "client-key"],
    )?;
    case(&plain, &[CA], &["does not speak https there", "CONSUL_HTTP_ADDR", "CONSUL_HTTP_SSL"], &[])?;
    case(&format!("http://127.0.0.1:{https}"), &[], &["speaks https there", "CONSUL_HTTP_ADDR"], &[])?;
    let listed = files
        .command(&["config", "list", "-kind", "proxy-defaults", "-ca-file=ca.pem"])?
        .args(["-client-cert=client.pem", "-client-key=client-key.pem"])
        .env("CONSUL_HTTP_ADDR", &encrypted)
        .env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN);
    listed.succeeds().map(drop)
}

#[test]
fn an_unreachable_agent_is_distinguished_from_a_missing_one() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (missing, dead) = (folder.path().join("missing.sock"), folder.path().join("dead.sock"));
    drop(UnixListener::bind(&dead)?);
    let down = free_address()?;
    let addresses = [
        (down.to_string(), "nothing listens there"),
        (format!("https://{down}"), "nothing listens there"),
        ("http://nowhere.invalid:8500".to_owned(), "the name does not resolve"),
        (format!("unix://{}", missing.display()), "there is no such socket"),
        (format!("unix://{}", dead.display()), "no agent listens on this socket"),
    ];
    for (address, text) in addresses {
        for (command, dashes) in GRAMMARS {
            let by_variable = Termgate::new(command)?.env("CONSUL_HTTP_ADDR", &address).run()?;
            fails(&by_variable, &[text, "CONSUL_HTTP_ADDR"])?;
            let by_flag = Termgate::new(command)?.arg(format!("{dashes}http-addr={address}")).run()?;
            fails(&by_flag, &[text, &format!(" {dashes}http-addr")])?;
            ensure!(!by_flag.stderr.contains("CONSUL_HTTP_ADDR"), "{by_flag}");
        }
    }
    let proxied = Termgate::new(["config", "list", "-kind", "mesh"])?
        .env("CONSUL_HTTP_ADDR", "http://10.255.0.1:8500")
        .env("HTTP_PROXY", format!("http://{down}"))
        .run()?;
    fails(&proxied, &["correct the address of the proxy in HTTP_PROXY", "NO_PROXY"])?;
    ensure!(IpAddr::from(Ipv4Addr::LOCALHOST) == down.ip(), "{down}");
    Ok(())
}

#[test]
fn an_unknown_token_is_not_reported_as_one_without_rights() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let unknown = "00000000-0000-4000-8000-00000000dead";
    let without_rights = consul.token("")?;
    for (command, dashes) in [
        (["config", "list", "-kind", "mesh"].as_slice(), "-"),
        (&["config", "read", "-kind", "mesh", "-name", "mesh"], "-"),
        (&["register", "--service", "gw", "--address", "127.0.0.1:8443"], "--"),
        (&["services", "link", "web", "--service", "gw"], "--"),
        (&["snapshot", "--service", "gw"], "--"),
    ] {
        let run = |token: &str| Termgate::new(command)?.consul(consul).env("CONSUL_HTTP_TOKEN", token).run();
        let output = run(unknown)?;
        ensure!(matches!(output.code, Some(1 | 5)), "{output}");
        output.says(&["the token does not exist", &format!(" {dashes}token-file")])?;
        ensure!(!output.stderr.contains("with the right"), "{output}");
        let output = run(&without_rights)?;
        ensure!(!output.stderr.contains("does not exist in Consul"), "{output}");
    }
    Ok(())
}
