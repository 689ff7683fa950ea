//! Findings in every command: what `--strict` and `--suppress` do to them, and that no output format changes the exit code.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::free_address;
use crate::support::fake_consul::{Answer, FakeConsul};

/// A code of each kind of trap and error, with an entry that has it.
const ENTRIES: &[(&str, &str)] = &[
    ("hcl-syntax", "Kind = ["),
    ("json-syntax", "{\"Kind\": }"),
    ("missing-kind", "Name = \"gw\""),
    ("kind-not-a-text", "Kind = [1]\nName = \"gw\""),
    ("unknown-kind", "Kind = \"terminating-gatway\"\nName = \"gw\""),
    ("unknown-key", "GATEWAY Nmae = \"x\""),
    ("wrong-type", "GATEWAY Services = 1"),
    ("missing-name", "Kind = \"service-defaults\""),
    ("missing-service-name", "GATEWAY Services = [ { CAFile = \"/ca\" SNI = \"a\" } ]"),
    ("duplicate-service", "GATEWAY Services = [ { Name = \"a\" }, { Name = \"a\" } ]"),
    ("incomplete-tls", "GATEWAY Services = [ { Name = \"a\" CertFile = \"/c\" } ]"),
    ("enterprise-only", "GATEWAY Namespace = \"x\" Services = [ { Name = \"a\" } ]"),
    ("proxy-defaults-name", "Kind = \"proxy-defaults\"\nName = \"mine\""),
    (
        "refused-by-envoy",
        "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { envoy_stats_flush_interval = 10 }",
    ),
    ("unknown-protocol", "Kind = \"service-defaults\"\nName = \"a\"\nProtocol = \"ftp\""),
    ("destination-address", "Kind = \"service-defaults\"\nName = \"a\"\nDestination { Port = 1 }"),
    (
        "destination-port",
        "Kind = \"service-defaults\"\nName = \"a\"\nDestination { Addresses = [\"a.example\"] }",
    ),
    ("intention-sources", "Kind = \"service-intentions\"\nName = \"a\""),
    ("intention-action", "Kind = \"service-intentions\"\nName = \"a\"\nSources = [ { Name = \"b\" } ]"),
    ("missing-value", "GATEWAY Services = [ { Name = \"a\" } ]\nMeta ="),
    ("merged-entries", "GATEWAY Services = [ { Name = \"a\" } ]\nKind = \"terminating-gateway\""),
    (
        "ambiguous-spelling",
        "GATEWAY Services = [ { Name = \"a\" ca_file = \"/1\" CA_File = \"/2\" SNI = \"a\" } ]",
    ),
    ("repeated-key", "GATEWAY Services = [ { Name = \"a\" Name = \"b\" } ]"),
    ("repeated-list", "GATEWAY Services = [ { Name = \"a\" } ]\nServices = [ { Name = \"b\" } ]"),
    ("converted-value", "GATEWAY Services = [ { Name = \"a\" CAFile = true SNI = \"a\" } ]"),
    ("empty-value", "GATEWAY Services = [ { Name = \"a\" CAFile = \"\" } ]"),
    ("blank-value", "GATEWAY Services = [ { Name = \"a\" CAFile = \" \" SNI = \"a\" } ]"),
    (
        "trailing-line-end",
        "Kind = \"terminating-gateway\"\nName = <<E\ngw\nE\nServices = [ { Name = \"a\" } ]",
    ),
    ("control-character", "GATEWAY Services = [ { Name = \"a\\tb\" } ]"),
    ("unexpanded-template", "GATEWAY Services = [ { Name = \"${NAME}\" } ]"),
    (
        "inline-pem",
        "GATEWAY Services = [ { Name = \"a\" CAFile = \"-----BEGIN CERTIFICATE-----\" SNI = \"a\" } ]",
    ),
    ("relative-path", "GATEWAY Services = [ { Name = \"a\" CAFile = \"ca.pem\" SNI = \"a\" } ]"),
    ("padded-name", "GATEWAY Services = [ { Name = \" a\" } ]"),
    ("combining-character", "GATEWAY Services = [ { Name = \"e\\u0301\" } ]"),
    (
        "unaddressable-name",
        "Kind = \"terminating-gateway\"\nName = \"a//b\"\nServices = [ { Name = \"a\" } ]",
    ),
    ("ignored-index", "GATEWAY ModifyIndex = 7 Services = [ { Name = \"a\" } ]"),
    ("permissive-mutual-tls", "Kind = \"mesh\"\nAllowEnablingPermissiveMutualTLS = true"),
    ("no-services", "GATEWAY Services = []"),
    ("links-itself", "GATEWAY Services = [ { Name = \"gw\" } ]"),
    ("links-consul", "GATEWAY Services = [ { Name = \"consul\" } ]"),
    ("partial-wildcard", "GATEWAY Services = [ { Name = \"a*\" } ]"),
    ("same-but-for-case", "GATEWAY Services = [ { Name = \"a\" }, { Name = \"A\" } ]"),
    ("sni-without-ca", "GATEWAY Services = [ { Name = \"a\" SNI = \"a\" } ]"),
    ("tls-without-sni", "GATEWAY Services = [ { Name = \"a\" CAFile = \"/ca\" } ]"),
    ("wildcard-sni", "GATEWAY Services = [ { Name = \"*\" CAFile = \"/ca\" SNI = \"a\" } ]"),
    (
        "wildcard-tls-not-inherited",
        "GATEWAY Services = [ { Name = \"*\" CAFile = \"/ca\" SNI = \"\" }, { Name = \"a\" } ]",
    ),
    (
        "same-cert-and-key",
        "GATEWAY Services = [ { Name = \"a\" CAFile = \"/a\" CertFile = \"/b\" KeyFile = \"/b\" SNI = \"a\" } ]",
    ),
    (
        "swapped-cert-and-key",
        "GATEWAY Services = [ { Name = \"a\" CAFile = \"/a\" CertFile = \"/key\" KeyFile = \"/cert\" SNI = \"a\" } ]",
    ),
];

const FORMATS: [&str; 4] = ["human", "json", "github", "sarif"];

/// Text with the start of a gateway's entry in place of `GATEWAY`.
fn entry(text: &str) -> String {
    text.replace("GATEWAY", "Kind = \"terminating-gateway\"\nName = \"gw\"\n") + "\n"
}

fn validate(text: &str, format: &str, args: &[&str]) -> Result<Output> {
    Termgate::new(["config", "validate", "--consul-version", "1.21.4", "--output", format, "entry.hcl"])?
        .args(args)
        .file("entry.hcl", entry(text))?
        .run()
}

/// Fails unless each is a finding in the form that all commands share.
fn check_form(findings: &Value) -> Result<()> {
    let findings = findings.as_array().context("not a list of findings")?;
    for finding in findings {
        let members = finding.as_object().context("not an object")?;
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        let expected = ["code", "command", "help", "message", "place", "severity", "subject", "why"];
        let mut sorted = names.clone();
        sorted.sort_unstable();
        ensure!(sorted == expected, "{finding}");
        for name in ["code", "severity", "subject", "message", "why", "help"] {
            ensure!(finding[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {finding}");
        }
    }
    Ok(())
}

#[test]
fn the_exit_code_of_each_code_is_the_same_in_every_format() -> Result<()> {
    for (code, text) in ENTRIES {
        let mut codes = Vec::new();
        for args in [&[][..], &["--strict"], &["--suppress", code], &["--suppress", code, "--strict"]] {
            let mut exits = Vec::new();
            for format in FORMATS {
                let output = validate(text, format, args)?;
                let all = output.stdout.clone() + &output.stderr;
                ensure!(args.contains(&"--suppress") || all.contains(code), "{code} is missing\n{output}");
                exits.push(output.code);
            }
            ensure!(exits.windows(2).all(|pair| pair[0] == pair[1]), "{code} with {args:?}: {exits:?}");
            codes.push(exits[0]);
        }
        ensure!(codes[0] != Some(1) && codes[1] == Some(3), "{code}: {codes:?}");
        // What is refused stays refused; a warning that is hidden fails nothing by itself.
        ensure!(codes[2] == codes[0], "{code}: {codes:?}");
    }
    Ok(())
}

#[test]
fn a_file_report_also_has_its_findings_in_the_common_form() -> Result<()> {
    for (code, text) in ENTRIES {
        let report = validate(text, "json", &[])?.json()?;
        let file = &report["files"][0];
        check_form(&file["findings"]).context(*code)?;
        let pairs = |list: &Value| -> Vec<(Value, Value)> {
            let list = list.as_array().into_iter().flatten();
            list.map(|one| (one["code"].clone(), one["message"].clone())).collect()
        };
        assert_eq!(pairs(&file["findings"]), pairs(&file["diagnostics"]), "{code}");
        for (finding, diagnostic) in file["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .zip(file["diagnostics"].as_array().into_iter().flatten())
        {
            let severity = if finding["severity"] == "failure" { "error" } else { "warning" };
            assert_eq!(diagnostic["severity"], severity);
            assert_eq!(finding["place"]["line"], diagnostic["line"]);
        }
    }
    Ok(())
}

#[test]
fn a_suppression_hides_one_subject_and_one_that_matches_nothing_is_noted() -> Result<()> {
    let text = "GATEWAY Services = [ { Name = \"a\" CAFile = \"/ca\" }, { Name = \"b\" CAFile = \"/ca\" } ]";
    let subjects = |args: &[&str]| -> Result<Vec<String>> {
        let report = validate(text, "json", args)?.json()?;
        let findings = report["files"][0]["findings"].as_array().cloned().unwrap_or_default();
        Ok(findings.iter().filter_map(|finding| finding["subject"].as_str().map(str::to_owned)).collect())
    };
    assert_eq!(subjects(&[])?, ["a", "b"]);
    assert_eq!(subjects(&["--suppress", "tls-without-sni=a"])?, ["b"]);
    assert_eq!(subjects(&["--suppress=tls-without-sni"])?, [""; 0]);
    assert_eq!(subjects(&["--suppress", "tls-without-sni=entry.hcl"])?, [""; 0]);
    let strict = ["--strict", "--suppress", "tls-without-sni=a", "--suppress", "tls-without-sni=b"];
    assert_eq!(validate(text, "human", &strict)?.code, Some(0));

    let unused = ["--suppress", "tls-without-sni=c"];
    let output = validate(text, "json", &unused)?;
    let notes = &output.json()?["findings"];
    check_form(notes)?;
    assert_eq!((&notes[0]["code"], &notes[0]["severity"]), (&json!("unused-suppression"), &json!("info")));
    let output = validate(text, "human", &unused)?;
    output.says(&["`--suppress tls-without-sni=c` matches no finding"])?;
    Ok(())
}

#[test]
fn failures_that_consul_would_refuse_cannot_be_suppressed() -> Result<()> {
    let output = validate("GATEWAY Nmae = \"x\"", "human", &["--suppress", "unknown-key"])?;
    assert_eq!(output.code, Some(3), "{output}");
    output.says(&["unknown key `Nmae`", "`--suppress unknown-key` does not hide a failure"])
}

#[test]
fn an_unknown_code_is_a_usage_error_everywhere() -> Result<()> {
    let bad = ["--suppress", "tls-without-snl=a"];
    for words in [
        &["config", "validate", "entry.hcl"][..],
        &["config", "diff", "entry.hcl"],
        &["config", "apply", "entry.hcl"],
        &["services", "link", "a"],
        &["services", "register", "a", "--address", "a.example", "--port", "1"],
        &["register"],
        &["bootstrap"],
        &["render", "--snapshot", "snapshot.json"],
        &["run"],
        &["connect", "envoy", "-gateway=terminating"],
    ] {
        let output = Termgate::new(words)?.args(bad).exits(2)?;
        output.says(&["did you mean `tls-without-sni`?"])?;
        let output = Termgate::new(words)?.env("TERMGATE_SUPPRESS", "no-entry,tls-without-snl").exits(2)?;
        output.says(&["TERMGATE_SUPPRESS", "did you mean `tls-without-sni`?"])?;
        let output = Termgate::new(words)?.env("TERMGATE_STRICT", "maybe").exits(2)?;
        output.says(&["TERMGATE_STRICT"])?;
    }
    Ok(())
}

/// An agent that takes whatever it is sent, and has nothing.
fn agent() -> Result<FakeConsul> {
    let consul = FakeConsul::start()?;
    let version =
        json!({"Config": {"Version": "1.21.4", "Datacenter": "dc1"}, "DebugConfig": {"ACLsEnabled": false}});
    consul
        .on("GET", "/v1/agent/self", Answer::json(200, &version))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("PUT", "/v1/agent/service/register", Answer::text(200, ""))
        .on("GET", "/v1/config/terminating-gateway", Answer::json(200, &json!([])))
        .on("GET", "/v1/config/terminating-gateway/gw", Answer::text(404, "Config entry not found"))
        .on("GET", "/v1/config/ingress-gateway", Answer::json(200, &json!([])))
        .on("GET", "/v1/catalog/services", Answer::json(200, &json!({"a": [], "consul": [], "gw": []})))
        .on("GET", "/v1/agent/members", Answer::json(200, &json!([])))
        .on("GET", "/v1/health/node/termgate-external", Answer::json(200, &json!([])))
        .on("GET", "/v1/catalog/node/termgate-external", Answer::json(200, &Value::Null))
        .on("PUT", "/v1/catalog/register", Answer::text(200, "true"))
        .on("PUT", "/v1/config?cas=0", Answer::text(200, "true"));
    Ok(consul)
}

fn writes(consul: &FakeConsul) -> usize {
    consul.received().iter().filter(|one| one.request.method == "PUT").count()
}

/// Command lines that report one warning each: the words, the suppression that hides it, and the exit code without it.
const REPORTING: &[(&[&str], &str, i32)] = &[
    (&["config", "apply", "gateway.hcl"], "tls-without-sni=a", 0),
    (&["config", "diff", "gateway.hcl"], "tls-without-sni=a", 10),
    (&["services", "link", "a", "--service", "gw", "--service-ca-file", "/ca"], "tls-without-sni=a", 0),
    (
        &["services", "register", "metadata", "--address", "169.254.169.254", "--port", "80"],
        "forbidden-address=metadata",
        0,
    ),
    (&["register", "--service", "gw", "--address", "127.0.0.1:8443"], "loopback-address=--address", 0),
];

#[test]
fn strict_sends_nothing_and_a_suppression_allows_it_in_every_format() -> Result<()> {
    let file = entry("GATEWAY Services = [ { Name = \"a\" CAFile = \"/ca\" } ]");
    for (words, suppression, code) in REPORTING {
        let formats: &[&[&str]] = if words[0] == "register" { &[&[]] } else { &[&[], &["--output", "json"]] };
        for format in formats {
            let run = |args: &[&str]| -> Result<(Output, usize)> {
                let consul = agent()?;
                let command = Termgate::new(*words)?.args(*format).args(args).file("gateway.hcl", &file)?;
                let output = command.fake_consul(&consul).run()?;
                Ok((output, writes(&consul)))
            };
            let is_json = !format.is_empty();
            let (output, sent) = run(&[])?;
            ensure!(output.code == Some(*code), "{output}");
            let sends = usize::from(words[1] != "diff");
            ensure!(sent == sends, "{sent} requests write\n{output}");
            ensure!(!is_json || output.stdout.contains("\"findings\""), "{output}");

            let (output, sent) = run(&["--strict"])?;
            ensure!((output.code, sent) == (Some(3), 0), "{sent} requests write\n{output}");
            ensure!(!is_json || output.stdout.contains("\"findings\""), "{output}");

            let (output, sent) = run(&["--strict", "--suppress", suppression])?;
            ensure!((output.code, sent) == (Some(*code), sends), "{sent} requests write\n{output}");
            ensure!(!is_json || !output.stdout.contains("\"findings\""), "{output}");
            ensure!(!output.stderr.contains("warning:"), "{output}");

            let (output, sent) = run(&["--suppress", "no-entry"])?;
            ensure!((output.code, sent) == (Some(*code), sends), "{sent} requests write\n{output}");
            ensure!((output.stdout.clone() + &output.stderr).contains("matches no finding"), "{output}");
        }
    }
    Ok(())
}

#[test]
fn the_drop_in_takes_the_same_with_one_dash_or_from_the_environment() -> Result<()> {
    let run = |args: &[&str], variables: &[(&str, &str)]| -> Result<(Output, usize)> {
        let consul = agent()?;
        let words = ["connect", "envoy", "-gateway=terminating", "-register", "-service=gw"];
        let command = Termgate::new(words)?
            .args(["-bootstrap", "-grpc-addr=127.0.0.1:8502", "-address=127.0.0.1:8443"])
            .args(args)
            .fake_consul(&consul);
        let command = variables.iter().fold(command, |command, (name, value)| command.env(name, value));
        Ok((command.run()?, writes(&consul)))
    };
    let (output, sent) = run(&["-strict"], &[])?;
    ensure!((output.code, sent) == (Some(3), 0), "{output}");
    output.says(&["error: -address: only processes on this host", "(-strict): nothing was registered"])?;
    let (output, sent) = run(&[], &[("TERMGATE_STRICT", "true")])?;
    ensure!((output.code, sent) == (Some(3), 0), "{output}");
    let hidden: [(&[&str], &str); 3] = [
        (&["-strict", "-suppress=loopback-address"], ""),
        (&["-strict", "-suppress", "loopback-address=-address"], ""),
        (&["-strict"], "no-entry, loopback-address"),
    ];
    for (args, variable) in hidden {
        // The scripted agent does not know the service that was registered: what counts is that it was.
        let (output, sent) = run(args, &[("TERMGATE_SUPPRESS", variable)])?;
        ensure!(sent == 1, "{output}");
    }
    Ok(())
}

#[test]
fn a_run_that_is_strict_starts_nothing_and_logs_whole_findings() -> Result<()> {
    let consul = agent()?;
    let words = ["run", "--service", "gw", "--config-source", "direct", "--address", "127.0.0.1:8443"];
    let run = Termgate::new(words)?.args(["--strict", "--log-format", "json", "--envoy-binary", "/bin/true"]);
    let output = run.fake_consul(&consul).exits(3)?;
    ensure!(writes(&consul) == 0, "{output}");
    let lines: Vec<Value> =
        output.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let line =
        lines.iter().find(|line| line["code"] == "loopback-address").with_context(|| output.to_string())?;
    assert_eq!((&line["level"], &line["message"]), (&json!("error"), &line["finding"]["message"]));
    check_form(&json!([line["finding"]]))
}

/// A snapshot whose services have these findings, each with the service that it is about.
const RENDERED: &[(&str, &str)] = &[
    ("no-instance", "a"),
    ("no-healthy-instance", "b"),
    ("bad-instance", "c"),
    ("addresses-ignored", "c"),
    ("forbidden-address", "d"),
    ("link-local-address", "e"),
    ("plaintext-to-https", "f"),
    ("client-tls-expected", "g"),
    ("unknown-protocol", "h"),
    ("bad-proxy-config", "gw"),
];

fn snapshot() -> Value {
    let instance = |address: &str, port: u16, status: &str| {
        json!([{
            "Node": {"Node": "n", "Address": "10.0.0.9"},
            "Service": {"ID": "i", "Service": "s", "Address": address, "Port": port},
            "Checks": [{"Status": status}],
        }])
    };
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let links: Vec<Value> = names
        .iter()
        .map(|name| json!({"Gateway": {"Name": "gw"}, "Service": {"Name": name}, "GatewayKind": "terminating-gateway"}))
        .collect();
    let leaf = |name: &&str| {
        let uri =
            format!("spiffe://11111111-2222-3333-4444-555555555555.consul/ns/default/dc/dc1/svc/{name}");
        ((*name).to_owned(), json!({"CertPEM": "CERT", "PrivateKeyPEM": "KEY", "ServiceURI": uri}))
    };
    json!({
        "Format": 1,
        "Datacenter": "dc1",
        "Gateway": {
            "Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "127.0.0.1", "Port": 8443,
            "Proxy": {"Config": {"connect_timeout_ms": "soon"}},
        },
        "Entry": {"Kind": "terminating-gateway", "Name": "gw"},
        "Links": links,
        "Instances": {
            "a": [],
            "b": instance("10.0.0.1", 80, "critical"),
            "c": [
                instance("10.0.0.1", 80, "passing")[0],
                instance("http://a.example", 80, "passing")[0],
            ],
            "d": instance("169.254.169.254", 80, "passing"),
            "e": instance("169.254.7.7", 80, "passing"),
            "f": instance("10.0.0.1", 443, "passing"),
            "g": instance("10.0.0.1", 443, "passing"),
            "h": instance("10.0.0.1", 80, "passing"),
        },
        "ServiceDefaults": {
            "f": {"Name": "f", "Protocol": "http"},
            "h": {"Name": "h", "Protocol": "ftp"},
        },
        "Leaves": names.iter().map(leaf).collect::<serde_json::Map<String, Value>>(),
        "Roots": {"TrustDomain": "11111111-2222-3333-4444-555555555555.consul", "Roots": [{"ID": "r", "RootCert": "CA"}]},
    })
}

#[test]
fn render_ends_with_the_same_code_in_both_formats_and_each_finding_can_be_hidden() -> Result<()> {
    let run = |format: &str, args: &[String]| -> Result<Output> {
        Termgate::new(["render", "--snapshot", "snapshot.json", "--format", format])?
            .args(args)
            .file("snapshot.json", snapshot().to_string())?
            .run()
    };
    let hide = |left_out: &str| -> Vec<String> {
        let others = RENDERED.iter().filter(|(code, _)| *code != left_out);
        others.map(|(code, subject)| format!("--suppress={code}={subject}")).collect()
    };
    let strict = "--strict".to_owned();
    for format in ["envoy", "resources"] {
        let output = run(format, &[])?;
        ensure!(output.code == Some(0), "{output}");
        let lines = output.stderr.lines().filter(|line| !line.starts_with("hint:")).count();
        ensure!(lines == RENDERED.len(), "{output}");
        let output = run(format, &hide(""))?;
        ensure!((output.code, output.stderr.as_str()) == (Some(0), ""), "{output}");
        let output = run(format, &[hide(""), vec![strict.clone()]].concat())?;
        ensure!((output.code, output.stderr.as_str()) == (Some(0), ""), "{output}");
        for (code, _) in RENDERED {
            let output = run(format, &[hide(code), vec![strict.clone()]].concat())?;
            // A note is not a warning.
            let expected = if *code == "client-tls-expected" { 0 } else { 3 };
            ensure!(output.code == Some(expected), "{code}: {output}");
            ensure!(output.stdout.is_empty() == (expected == 3), "{code}: {output}");
        }
    }
    Ok(())
}

#[test]
fn a_run_ends_with_the_same_code_in_both_log_formats() -> Result<()> {
    let definition = "service { name = \"gw\" kind = \"terminating-gateway\" proxy { config { envoy_stats_flush_interval = \"ten\" } } }";
    for (args, code) in [(&["--strict"][..], 3), (&["--config", "gateway.hcl"], 3)] {
        for format in ["human", "json"] {
            let consul = agent()?;
            let (address, admin) = (free_address()?.to_string(), free_address()?.to_string());
            let words = ["run", "--service", "gw", "--config-source", "direct", "--address", &address];
            let run = Termgate::new(words)?.args(args).args([
                "--log-format",
                format,
                "--envoy-binary",
                "/bin/true",
                "--admin-bind",
                &admin,
            ]);
            let output = run.file("gateway.hcl", definition)?.fake_consul(&consul).exits(code)?;
            ensure!(writes(&consul) == 0, "{output}");
            if format == "json" && args != ["--strict"] {
                let last = output.stderr.lines().last().unwrap_or_default();
                let line: Value = serde_json::from_str(last).with_context(|| output.to_string())?;
                check_form(&line["findings"]).with_context(|| output.to_string())?;
                assert_eq!(line["findings"][0]["code"], "refused-by-envoy", "{output}");
            }
        }
    }
    Ok(())
}

#[test]
fn an_address_that_is_refused_is_a_finding_in_the_json_log() -> Result<()> {
    let consul = agent()?;
    let words = ["run", "--service", "gw", "--config-source", "direct", "--address", "127.0.0.1:99999"];
    let run = Termgate::new(words)?.args(["--log-format", "json", "--envoy-binary", "/bin/true"]);
    let output = run.fake_consul(&consul).exits(3)?;
    let last = output.stderr.lines().last().unwrap_or_default();
    let line: Value = serde_json::from_str(last).with_context(|| output.to_string())?;
    check_form(&line["findings"]).with_context(|| output.to_string())?;
    let finding = &line["findings"][0];
    assert_eq!((&finding["code"], &finding["subject"]), (&json!("bad-port"), &json!("--address")));
    assert_eq!(finding["message"], line["message"]);
    Ok(())
}

#[test]
fn config_write_follows_the_variables() -> Result<()> {
    let file = entry("GATEWAY Services = [ { Name = \"a\" CAFile = \"/ca\" } ]");
    let run = |variables: &[(&str, &str)]| -> Result<(Output, usize)> {
        let consul = FakeConsul::start()?;
        consul.on("PUT", "/v1/config", Answer::text(200, "true"));
        let command = Termgate::new(["config", "write", "gateway.hcl"])?.file("gateway.hcl", &file)?;
        let command = variables.iter().fold(command, |command, (name, value)| command.env(name, value));
        Ok((command.fake_consul(&consul).run()?, writes(&consul)))
    };
    let (output, sent) = run(&[])?;
    ensure!((output.code, sent) == (Some(0), 1), "{output}");
    output.says(&["warning: gateway.hcl:", "has no SNI"])?;
    let (output, sent) = run(&[("TERMGATE_STRICT", "1")])?;
    // As with Consul, every failure of this command gives 1.
    ensure!((output.code, sent) == (Some(1), 0), "{output}");
    let (output, sent) = run(&[("TERMGATE_STRICT", "1"), ("TERMGATE_SUPPRESS", "tls-without-sni=a")])?;
    ensure!((output.code, sent, output.stderr.as_str()) == (Some(0), 1, ""), "{output}");
    Ok(())
}
