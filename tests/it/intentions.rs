//! `termgate intentions check | list`: the answer is what a real Envoy does, and what a real Consul says.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, free_address};
use crate::support::envoy::Envoy;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::http::Request;
use crate::support::mesh::{MeshClient, Outcome};
use crate::support::origin::Origin;
use crate::support::pki::Authority;

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";

/// Linked services with what they speak.
const SERVICES: [(&str, &str); 5] =
    [("web", "http"), ("api", "http"), ("db", "tcp"), ("open", "http"), ("headers", "http")];

const SOURCES: [&str; 5] = ["shop", "batch", "admin-tool", "denied", "stranger"];

/// Method, path and headers.
type Asked = (&'static str, String, Vec<(&'static str, &'static str)>);

/// What sources ask of `service`.
fn requests(service: &str) -> Vec<Asked> {
    if service == "headers" {
        let values: [&[&str]; 8] = [
            &[],
            &["blue"],
            &["red"],
            &["BLUE"],
            &["blue", "red"],
            &["red", "blue"],
            &["blue,red"],
            &["blue", "blue"],
        ];
        let asked = |rule: &(&str, Value)| {
            values.map(|values| {
                let headers = values.iter().map(|value| ("X-Team", *value)).collect();
                ("GET", format!("/{}", rule.0), headers)
            })
        };
        return header_rules().iter().flat_map(asked).collect();
    }
    let plain = |method, path: &str| (method, path.to_owned(), Vec::new());
    if service == "db" {
        return vec![plain("GET", "/")];
    }
    let team = |value| ("GET", "/team".to_owned(), vec![("x-team", value)]);
    let paths = [
        "/",
        "/admin",
        "/x/../admin/y?z=/v1",
        "/%61dmin",
        "//admin",
        "/v1/items?page=/admin",
        "/v12/items",
        "/exact",
        "/exact%00",
    ];
    let mut all: Vec<Asked> = paths.iter().map(|path| plain("GET", path)).collect();
    if service != "web" {
        all.truncate(3);
        return all;
    }
    all.extend([plain("PUT", "/v1/items"), plain("DELETE", "/v1/items"), team("Blue"), team("red")]);
    all
}

/// Rules on one header, each on a path of its own.
fn header_rules() -> Vec<(&'static str, Value)> {
    vec![
        ("exact", json!({"Exact": "blue"})),
        ("not-exact", json!({"Exact": "blue", "Invert": true})),
        ("any-case", json!({"Exact": "Blue", "IgnoreCase": true})),
        ("prefix", json!({"Prefix": "bl"})),
        ("not-prefix", json!({"Prefix": "bl", "Invert": true})),
        ("suffix", json!({"Suffix": "ue"})),
        ("contains", json!({"Contains": "lu"})),
        ("not-contains", json!({"Contains": "lu", "Invert": true})),
        ("regex", json!({"Regex": "bl.."})),
        ("not-regex", json!({"Regex": "bl..", "Invert": true})),
        ("present", json!({"Present": true})),
        ("absent", json!({"Present": true, "Invert": true})),
    ]
}

fn intentions() -> Value {
    let on_header = |(path, rule): (&str, Value)| {
        let mut header = rule;
        header["Name"] = json!("x-team");
        json!({"Action": "allow", "HTTP": {"PathExact": format!("/{path}"), "Header": [header]}})
    };
    let on_headers: Vec<Value> = header_rules().into_iter().map(on_header).collect();
    json!([
        {"SourceName": "shop", "DestinationName": "headers", "Permissions": on_headers},
        {"SourceName": "shop", "DestinationName": "web", "Permissions": [
            {"Action": "deny", "HTTP": {"PathPrefix": "/admin"}},
            {"Action": "allow", "HTTP": {"PathRegex": "/v[0-9]/.*", "Methods": ["GET", "PUT"]}},
            {"Action": "allow", "HTTP": {"PathPrefix": "/team", "Header": [{"Name": "x-team", "Exact": "blue", "IgnoreCase": true}]}},
            {"Action": "allow", "HTTP": {"PathExact": "/exact"}},
        ]},
        {"SourceName": "admin-tool", "DestinationName": "web", "Action": "allow"},
        {"SourceName": "*", "DestinationName": "web", "Permissions": [{"Action": "allow", "HTTP": {"PathExact": "/"}}]},
        {"SourceName": "denied", "DestinationName": "*", "Action": "deny"},
        {"SourceName": "*", "DestinationName": "open", "Action": "allow"},
        {"SourceName": "batch", "DestinationName": "api", "Action": "allow"},
        {"SourceName": "shop", "DestinationName": "db", "Permissions": [{"Action": "allow", "HTTP": {"PathPrefix": "/"}}]},
        {"SourceName": "batch", "DestinationName": "db", "Action": "allow"},
        {"SourceName": "batch", "DestinationName": "unlinked", "Action": "allow"},
    ])
}

fn snapshot(authority: &Authority, default: &str, gateway: SocketAddr, origin: SocketAddr) -> Result<Value> {
    let (mut instances, mut leaves, mut defaults) = (json!({}), json!({}), json!({}));
    for (name, protocol) in SERVICES {
        instances[name] = json!([{"Service": {"Address": origin.ip().to_string(), "Port": origin.port()}}]);
        let leaf = authority.leaf(&format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{name}"))?;
        leaves[name] = json!({"CertPEM": leaf.certificate, "PrivateKeyPEM": leaf.key});
        defaults[name] = json!({"Name": name, "Protocol": protocol});
    }
    Ok(json!({
        "Format": 1, "ConsulVersion": "2.1.0", "Datacenter": "dc1",
        "DefaultIntention": default, "DefaultIntentionSource": "intention-policy",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw",
            "Address": gateway.ip().to_string(), "Port": gateway.port()},
        "Roots": {"TrustDomain": TRUST_DOMAIN, "Roots": [{"RootCert": authority.certificate, "Active": true}]},
        "Links": SERVICES.map(|(name, _)| json!({"Service": {"Name": name}})),
        "Instances": instances, "Leaves": leaves, "ServiceDefaults": defaults, "Intentions": intentions(),
    }))
}

/// Fails unless all of these are printed, on stdout or stderr.
fn prints(output: &Output, texts: &[&str]) -> Result<()> {
    for text in texts {
        ensure!(output.stdout.contains(text) || output.stderr.contains(text), "{text} is missing: {output}");
    }
    Ok(())
}

/// `intentions check` on a snapshot, whatever its exit code.
fn check(snapshot: &Value, source: &str, service: &str, words: &[String]) -> Result<Output> {
    let command = ["intentions", "check", source, service, "--snapshot", "snapshot.json"];
    Termgate::new(command)?.args(words).file("snapshot.json", snapshot.to_string())?.run()
}

#[test]
fn a_real_envoy_lets_through_what_the_command_calls_allowed_and_nothing_else() -> Result<()> {
    needs!(Envoy);
    let authority = Authority::of_mesh(TRUST_DOMAIN)?;
    let origin = Origin::plain("any")?;
    let (mut allowed, mut denied) = (0, 0);
    for default in ["deny", "allow"] {
        let gateway = free_address()?;
        let snapshot = snapshot(&authority, default, gateway, origin.address())?;
        let render =
            Termgate::new(["render", "--snapshot", "snapshot.json", "--format", "envoy", "--with-secrets"])?;
        let config = render.file("snapshot.json", snapshot.to_string())?.succeeds()?.json()?;
        let _envoy = Envoy::start(&config)?;
        for source in SOURCES {
            let id = format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{source}");
            let client =
                MeshClient::new(source, &authority.leaf(&id)?, &authority.certificate, TRUST_DOMAIN, "dc1")?;
            for (service, _) in
                SERVICES.into_iter().filter(|(name, _)| *name != "headers" || source == "shop")
            {
                for (method, path, headers) in requests(service) {
                    let mut request = Request::new(method, &path, service);
                    let mut words = vec!["--method".to_owned(), method.to_owned(), "--path".to_owned(), path];
                    for (name, value) in headers {
                        request = request.with_header(name, value);
                        words.extend(["--header".to_owned(), format!("{name}: {value}")]);
                    }
                    let outcome = client.send(gateway, service, &request)?;
                    let passes = match &outcome {
                        Outcome::Answered(answer) => {
                            ensure!(matches!(answer.status, 200 | 400 | 403), "{outcome}");
                            answer.status == 200
                        }
                        Outcome::Refused(_) => false,
                    };
                    let said = check(&snapshot, source, service, &words)?;
                    let code = if passes { 0 } else { 10 };
                    ensure!(said.code == Some(code), "default {default}: Envoy: {outcome}\n{said}");
                    if passes { allowed += 1 } else { denied += 1 }
                }
            }
        }
    }
    ensure!(allowed > 50 && denied > 50, "{allowed} allowed, {denied} denied");
    Ok(())
}

fn world() -> Result<Value> {
    let authority = Authority::of_mesh(TRUST_DOMAIN)?;
    let nowhere: SocketAddr = "127.0.0.1:1".parse()?;
    snapshot(&authority, "deny", nowhere, nowhere)
}

#[test]
fn the_deciding_rule_is_named() -> Result<()> {
    let world = world()?;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (source, service, given, code, says) in [
        (
            "admin-tool",
            "web",
            &["--path", "/admin"][..],
            0,
            &["allowed", "`admin-tool` → `web` (allow, precedence 9)"][..],
        ),
        (
            "shop",
            "web",
            &["--path", "/x/../admin"],
            10,
            &["permission 1 of 4", "deny path prefix /admin", "/x/../admin as /admin"],
        ),
        (
            "shop",
            "web",
            &["--path", "/none"],
            10,
            &["no permission of the intention `shop` → `web`", "default policy decides"],
        ),
        (
            "shop",
            "web",
            &["--path", "/v1/x", "--method", "PUT"],
            0,
            &["permission 2 of 4", "method GET or PUT"],
        ),
        ("stranger", "web", &["--path", "/"], 0, &["`*` → `web` (1 permission, precedence 8)"]),
        ("denied", "web", &["--path", "/"], 0, &["`*` → `web`"]),
        ("denied", "api", &[], 10, &["`denied` → `*` (deny, precedence 6)"]),
        (
            "stranger",
            "api",
            &[],
            10,
            &["no intention matches", "default policy: deny (default_intention_policy"],
        ),
        ("shop", "db", &[], 10, &["the service speaks tcp: it denies all connections"]),
        ("batch", "db", &["--path", "/"], 0, &["so the request does not count"]),
        ("batch", "API", &[], 0, &["`batch` → `api`"]),
        ("shop", "web", &[], 1, &["depends on the request", "4. allow path /exact", "give --path"]),
        ("batch", "unlinked", &[], 0, &["is not linked to the gateway `gw`"]),
        ("shop", "web", &["--path", "no-slash"], 2, &["does not begin with `/`"]),
        ("shop", "web", &["--header", "x"], 2, &["NAME:VALUE"]),
    ] {
        let output = check(&world, source, service, &words(given))?;
        ensure!(output.code == Some(code), "{source} {service} {given:?}: {output}");
        prints(&output, says)?;
        for format in ["json", "short"] {
            let mut given = words(given);
            given.extend(words(&["--output", format]));
            let other = check(&world, source, service, &given)?;
            ensure!(other.code == Some(code), "{format}: {other}");
            if format == "short" && code != 2 {
                assert_eq!(other.stdout.lines().count(), 1, "{other}");
            }
        }
    }
    let json = words(&["--output", "json", "--path", "/x/../admin"]);
    let answer = check(&world, "shop", "web", &json)?.json()?;
    for (pointer, expected) in [
        ("/allowed", json!(false)),
        ("/reason", json!("permission")),
        ("/intention/source", json!("shop")),
        ("/permission/index", json!(0)),
        ("/request/path_seen", json!("/admin")),
        ("/default_policy", json!({"action": "deny", "source": "intention-policy"})),
    ] {
        assert_eq!(answer.pointer(pointer), Some(&expected), "{pointer}: {answer}");
    }
    Ok(())
}

#[test]
fn intentions_on_linked_services_are_listed_strongest_first() -> Result<()> {
    let list = |words: &[&str]| -> Result<Output> {
        let command = Termgate::new(["intentions", "list", "--snapshot", "snapshot.json"])?.args(words);
        command.file("snapshot.json", world()?.to_string())?.succeeds()
    };
    let human = list(&[])?;
    let lines: Vec<Vec<&str>> = human.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["SOURCE", "DESTINATION", "ACTION", "PRECEDENCE", "NOTE"]);
    assert_eq!(lines[1], ["batch", "api", "allow", "9"], "{human}");
    let on_tcp = "shop db 1 permission 9 denies: the service speaks tcp";
    ensure!(lines.iter().any(|line| line.join(" ") == on_tcp), "{human}");
    assert_eq!(lines[lines.len() - 2], ["denied", "*", "deny", "6"], "{human}");
    prints(&human, &["default policy: deny (default_intention_policy of the agent)"])?;
    ensure!(!human.stdout.contains("unlinked"), "{human}");
    let json = list(&["--output", "json"])?.json()?;
    assert_eq!(json["intentions"].as_array().map(Vec::len), Some(9), "{json}");
    assert_eq!(json["intentions"][0]["action"], "allow");
    ensure!(list(&["--output", "short"])?.stdout.lines().count() <= 15);
    Ok(())
}

#[test]
fn a_real_consul_gives_the_same_answers() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let [gateway, service, web, api] = ["gw", "svc", "web", "api"].map(|stem| consul.unique(stem));
    consul.write_config_entry(&json!({
        "Kind": "terminating-gateway", "Name": gateway, "Services": [{"Name": service}]}))?;
    let check = |source: &str, code: i32| -> Result<Output> {
        let command = Termgate::new(["intentions", "check", source, &service, "--service", &gateway])?;
        let output = command.consul(consul).exits(code)?;
        let target = format!("/v1/connect/intentions/check?source={source}&destination={service}");
        assert_eq!(consul.get(&target)?["Allowed"], json!(code == 0), "{output}");
        Ok(output)
    };
    prints(&check(&web, 10)?, &["default policy: deny (the default policy of ACLs)"])?;
    let allowed = consul.allow(&web, &service)?;
    let wide = consul.deny("*", &service)?;
    check(&web, 0)?;
    prints(&check(&api, 10)?, &["`*` →"])?;
    let listed = Termgate::new(["intentions", "list", "--service", &gateway, "--output", "json"])?;
    let listed = listed.consul(consul).succeeds()?.json()?;
    let sources: Vec<&Value> =
        listed["intentions"].as_array().context("no list")?.iter().map(|row| &row["source"]).collect();
    assert_eq!(sources[..2], [&json!(web), &json!("*")], "{listed}");
    consul.delete_intention(&allowed)?;
    consul.delete_intention(&wide)?;
    check(&web, 10)?;
    Ok(())
}

#[test]
fn the_default_policy_is_that_of_the_agents_version_and_not_of_its_check() -> Result<()> {
    // The agent's own check says allowed for these, by its ACL default policy.
    for (own, acls, policy, code, says) in [
        (
            "1.8.7",
            json!({"ACLsEnabled": true, "ACLDefaultPolicy": "allow"}),
            "",
            0,
            "the default policy of ACLs",
        ),
        ("1.8.7", json!({"ACLsEnabled": false, "ACLDefaultPolicy": "deny"}), "", 0, "ACLs are off"),
        (
            "1.21.4",
            json!({"ACLsEnabled": true, "ACLDefaultPolicy": "allow"}),
            "deny",
            10,
            "default_intention_policy",
        ),
        (
            "1.21.4",
            json!({"ACLsEnabled": true, "ACLDefaultPolicy": "deny"}),
            "allow",
            0,
            "default_intention_policy",
        ),
    ] {
        let fake = FakeConsul::start()?;
        let mut debug = json!({"ACLResolverSettings": acls, "DefaultIntentionPolicy": policy});
        if own == "1.8.7" {
            debug = acls.clone();
        }
        let about = json!({"Config": {"Version": own, "Datacenter": "dc1"}, "DebugConfig": debug});
        fake.on("GET", "/v1/agent/self", Answer::json(200, &about));
        for path in [
            "/v1/connect/intentions",
            "/v1/config/service-defaults",
            "/v1/config/proxy-defaults",
            "/v1/config/mesh",
        ] {
            fake.on("GET", path, Answer::json(200, &json!([])));
        }
        fake.on("GET", "/v1/catalog/gateway-services/terminating-gateway", Answer::json(200, &json!([])));
        fake.on("GET", "/v1/connect/intentions/check", Answer::json(200, &json!({"Allowed": true})));
        let command = Termgate::new(["intentions", "check", "web", "billing"])?;
        prints(&command.fake_consul(&fake).exits(code)?, &[says])?;
    }
    Ok(())
}

#[test]
fn a_token_that_may_not_read_intentions_is_warned_of() -> Result<()> {
    needs!(Consul);
    let origin = Origin::plain("one")?;
    let (world, service) = crate::world::World::with_one(&origin)?;
    let list = |token: &str, output: &str| {
        let command = ["intentions", "list", "--service", &world.gateway, "--output", output];
        Termgate::new(command)?.consul(world.consul).env("CONSUL_HTTP_TOKEN", token).succeeds()
    };
    let rules = |intentions: &str| {
        format!(
            "agent_prefix \"\" {{ policy = \"read\" }} service \"{}\" {{ policy = \"read\" }} \
             service \"{service}\" {{ policy = \"read\" intentions = \"{intentions}\" }}",
            world.gateway
        )
    };
    let blind = world.consul.token(&rules("deny"))?;
    let output = list(&blind, "human")?;
    ensure!(output.stderr.contains(&format!("may not read the intentions on `{service}`")), "{output}");
    let output = list(&blind, "json")?;
    ensure!(output.json()?["findings"][0]["code"] == "not-answered", "{output}");
    let gateway = world.consul.token(&format!("service \"{}\" {{ policy = \"read\" }}", world.gateway))?;
    let output = list(&gateway, "human")?;
    ensure!(output.stderr.contains("the token sees no linked service"), "{output}");
    let seeing = world.consul.token(&rules("read"))?;
    let output = list(&seeing, "json")?;
    ensure!(output.stderr.is_empty() && output.json()?["findings"].is_null(), "{output}");
    Ok(())
}
