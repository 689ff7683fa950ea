//! Paths and headers of requests on their way to intentions, through a real Envoy: what each setting makes of each
//! spelling.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::envoy::Envoy;
use crate::support::http::{Request, Response};
use crate::support::http2::{self, Http2Origin};
use crate::support::mesh::{MeshClient, Outcome};
use crate::support::origin::Origin;
use crate::support::pki::{Authority, Identity};

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";

/// Who asks; `/admin` is denied to it, everything else is allowed.
const CLIENT: &str = "client";

/// The services behind every gateway: over HTTP/1.1, by subset, by address, over HTTP/2.
const SERVICES: [&str; 6] = ["web", "sub", "dest", "headers", "two", "rpc"];

/// The settings, each of a gateway of its own.
fn settings() -> [(Value, &'static [&'static str]); 6] {
    let mesh = |normalisation: Value| json!({"Kind": "mesh", "HTTP": {"Incoming": {"RequestNormalization": normalisation}}});
    [
        (json!(null), &["--insecure-disable-path-normalization"]),
        (json!(null), &[]),
        (mesh(json!({"MergeSlashes": true, "HeadersWithUnderscoresAction": "DROP_HEADER"})), &[]),
        (
            mesh(json!({
                "PathWithEscapedSlashesAction": "REJECT_REQUEST",
                "HeadersWithUnderscoresAction": "REJECT_REQUEST",
            })),
            &[],
        ),
        (mesh(json!({"PathWithEscapedSlashesAction": "UNESCAPE_AND_REDIRECT"})), &[]),
        (mesh(json!({"PathWithEscapedSlashesAction": "UNESCAPE_AND_FORWARD"})), &[]),
    ]
}

/// What becomes of a spelling with each of [`settings`]: a status, or (with status 200) the path that the service gets.
#[rustfmt::skip]
const SPELLINGS: &[(&str, [&str; 6])] = &[
    // spelling, [not normalised, default, MergeSlashes, REJECT_REQUEST, UNESCAPE_AND_REDIRECT, UNESCAPE_AND_FORWARD]
    ("/admin", ["403", "403", "403", "403", "403", "403"]),
    ("/x/../admin", ["/x/../admin", "403", "403", "403", "403", "403"]),
    ("/./admin", ["/./admin", "403", "403", "403", "403", "403"]),
    ("/%61dmin", ["/%61dmin", "403", "403", "403", "403", "403"]),
    ("/x/%2e%2e/admin", ["/x/%2e%2e/admin", "403", "403", "403", "403", "403"]),
    ("/x/%2E%2E/admin", ["/x/%2E%2E/admin", "403", "403", "403", "403", "403"]),
    ("/x/.%2e/admin", ["/x/.%2e/admin", "403", "403", "403", "403", "403"]),
    ("//admin", ["//admin", "//admin", "403", "//admin", "//admin", "//admin"]),
    ("///admin", ["///admin", "///admin", "403", "///admin", "///admin", "///admin"]),
    ("/x//../admin", ["/x//../admin", "/x/admin", "/x/admin", "/x/admin", "/x/admin", "/x/admin"]),
    ("/x/..//admin", ["/x/..//admin", "//admin", "403", "//admin", "//admin", "//admin"]),
    ("/.//admin", ["/.//admin", "//admin", "403", "//admin", "//admin", "//admin"]),
    ("/x/..%2Fadmin", ["/x/..%2Fadmin", "/x/..%2Fadmin", "/x/..%2Fadmin", "400", "307 /admin", "403"]),
    ("/x%2F..%2Fadmin", ["/x%2F..%2Fadmin", "/x%2F..%2Fadmin", "/x%2F..%2Fadmin", "400", "307 /admin", "403"]),
    ("/x%2f..%2fadmin", ["/x%2f..%2fadmin", "/x%2f..%2fadmin", "/x%2f..%2fadmin", "400", "307 /admin", "403"]),
    ("/%2Fadmin", ["/%2Fadmin", "/%2Fadmin", "/%2Fadmin", "400", "307 //admin", "//admin"]),
    ("/%5Cadmin", ["/%5Cadmin", "/%5Cadmin", "/%5Cadmin", "400", "307 //admin", "//admin"]),
    ("\\\\admin", ["400", "400", "400", "400", "400", "400"]),
    ("/\\admin", ["/\\admin", "//admin", "403", "//admin", "//admin", "//admin"]),
    ("/x\\..\\admin", ["/x\\..\\admin", "403", "403", "403", "403", "403"]),
    ("/x%5C..%5Cadmin", ["/x%5C..%5Cadmin", "/x%5C..%5Cadmin", "/x%5C..%5Cadmin", "400", "307 /admin", "403"]),
    ("/x/..%5Cadmin", ["/x/..%5Cadmin", "/x/..%5Cadmin", "/x/..%5Cadmin", "400", "307 /admin", "403"]),
    ("/admin/..", ["403", "/", "/", "/", "/", "/"]),
    ("/admin/.", ["403", "403", "403", "403", "403", "403"]),
    ("/admin/", ["403", "403", "403", "403", "403", "403"]),
    ("/admin;x=1", ["403", "403", "403", "403", "403", "403"]),
    ("/admin/..;/x", ["403", "/x", "/x", "/x", "/x", "/x"]),
    ("/..;/admin", ["/..;/admin", "403", "403", "403", "403", "403"]),
    ("/;/admin", ["/;/admin", "/;/admin", "/;/admin", "/;/admin", "/;/admin", "/;/admin"]),
    ("/admin?x", ["403", "403", "403", "403", "403", "403"]),
    ("/x?/../admin", ["/x?/../admin", "/x?/../admin", "/x?/../admin", "/x?/../admin", "/x?/../admin", "/x?/../admin"]),
    ("/x/../admin?y=/..//z", ["/x/../admin?y=/..//z", "403", "403", "403", "403", "403"]),
    ("/admin#x", ["400", "400", "400", "400", "400", "400"]),
    ("/x#/../admin", ["400", "400", "400", "400", "400", "400"]),
    ("/%252e%252e/admin", ["/%252e%252e/admin", "/%252e%252e/admin", "/%252e%252e/admin", "/%252e%252e/admin", "/%252e%252e/admin", "/%252e%252e/admin"]),
    ("/x/%252e%252e/admin", ["/x/%252e%252e/admin", "/x/%252e%252e/admin", "/x/%252e%252e/admin", "/x/%252e%252e/admin", "/x/%252e%252e/admin", "/x/%252e%252e/admin"]),
    ("/admin%00", ["403", "400", "400", "400", "400", "400"]),
    ("/%00/admin", ["/%00/admin", "400", "400", "400", "400", "400"]),
    ("/admin%20", ["403", "403", "403", "403", "403", "403"]),
    ("/admin%", ["403", "403", "403", "403", "403", "403"]),
    ("/admin%4", ["403", "403", "403", "403", "403", "403"]),
    ("/admin%zz", ["403", "403", "403", "403", "403", "403"]),
    ("/../admin", ["/../admin", "403", "403", "403", "403", "403"]),
    ("/../../admin", ["/../../admin", "403", "403", "403", "403", "403"]),
    ("/x/../../admin", ["/x/../../admin", "403", "403", "403", "403", "403"]),
    ("/x/.../admin", ["/x/.../admin", "/x/.../admin", "/x/.../admin", "/x/.../admin", "/x/.../admin", "/x/.../admin"]),
    ("/x/..", ["/x/..", "/", "/", "/", "/", "/"]),
    ("/.", ["/.", "/", "/", "/", "/", "/"]),
    ("/..", ["/..", "/", "/", "/", "/", "/"]),
    ("/%2e", ["/%2e", "/", "/", "/", "/", "/"]),
    ("http://a/x/../admin", ["/x/../admin", "403", "403", "403", "403", "403"]),
    ("http://a", ["/", "/", "/", "/", "/", "/"]),
    ("http://a/", ["/", "/", "/", "/", "/", "/"]),
    ("HTTP://a/%61dmin", ["/%61dmin", "403", "403", "403", "403", "403"]),
    ("https://other/x/../admin", ["/x/../admin", "403", "403", "403", "403", "403"]),
    ("x", ["400", "400", "400", "400", "400", "400"]),
    ("admin", ["400", "400", "400", "400", "400", "400"]),
    ("?x", ["400", "400", "400", "400", "400", "400"]),
    ("#x", ["400", "400", "400", "400", "400", "400"]),
    ("*", ["400", "400", "400", "400", "400", "400"]),
    ("/%E2%82%AC", ["/%E2%82%AC", "/%E2%82%AC", "/%E2%82%AC", "/%E2%82%AC", "/%E2%82%AC", "/%E2%82%AC"]),
    ("/a|b^c`d{e}\"f<g>", ["/a|b^c`d{e}\"f<g>", "/a%7Cb%5Ec%60d%7Be%7D%22f%3Cg%3E", "/a%7Cb%5Ec%60d%7Be%7D%22f%3Cg%3E", "/a%7Cb%5Ec%60d%7Be%7D%22f%3Cg%3E", "/a%7Cb%5Ec%60d%7Be%7D%22f%3Cg%3E", "/a%7Cb%5Ec%60d%7Be%7D%22f%3Cg%3E"]),
    ("/%7Eadmin", ["/%7Eadmin", "/~admin", "/~admin", "/~admin", "/~admin", "/~admin"]),
    ("/~admin", ["/~admin", "/~admin", "/~admin", "/~admin", "/~admin", "/~admin"]),
    ("/ADMIN", ["/ADMIN", "/ADMIN", "/ADMIN", "/ADMIN", "/ADMIN", "/ADMIN"]),
    ("/admin//", ["403", "403", "403", "403", "403", "403"]),
    ("/a//b///c", ["/a//b///c", "/a//b///c", "/a/b/c", "/a//b///c", "/a//b///c", "/a//b///c"]),
    ("/a%2F%2Fb", ["/a%2F%2Fb", "/a%2F%2Fb", "/a%2F%2Fb", "400", "307 /a//b", "/a//b"]),
    ("/x/%2e%2e%2fadmin", ["/x/%2e%2e%2fadmin", "/x/..%2fadmin", "/x/..%2fadmin", "400", "307 /admin", "403"]),
    ("/x/..%252Fadmin", ["/x/..%252Fadmin", "/x/..%252Fadmin", "/x/..%252Fadmin", "/x/..%252Fadmin", "/x/..%252Fadmin", "/x/..%252Fadmin"]),
];

/// Six gateways in one Envoy, with the same services behind them.
struct Stage {
    client: MeshClient,
    gateways: Vec<SocketAddr>,
    /// Kept alive.
    _running: (Envoy, Origin, [Http2Origin; 2]),
}

impl Stage {
    fn new() -> Result<Self> {
        let authority = Authority::of_mesh(TRUST_DOMAIN)?;
        let leaf = |service: &str| {
            authority.leaf(&format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{service}"))
        };
        let client = MeshClient::new(CLIENT, &leaf(CLIENT)?, &authority.certificate, TRUST_DOMAIN, "dc1")?;
        let leaves =
            SERVICES.iter().map(|service| Ok((*service, leaf(service)?))).collect::<Result<Vec<_>>>()?;
        let origin = Origin::plain("web")?;
        let over_http2 = [free_address()?, free_address()?];
        let origins = [
            Http2Origin::at(over_http2[0], "two", None, false)?,
            Http2Origin::at(over_http2[1], "rpc", None, true)?,
        ];
        let snapshot = snapshot(&authority, &leaves, origin.address(), over_http2);
        let (mut config, mut gateways) = (Value::Null, Vec::new());
        for (mesh, flags) in settings() {
            let address = free_address()?;
            let mut snapshot = snapshot.clone();
            snapshot["Mesh"] = mesh;
            snapshot["Gateway"]["Port"] = json!(address.port());
            merge(&mut config, render(&snapshot, flags)?);
            gateways.push(address);
        }
        let envoy = Envoy::start(&config)?;
        Ok(Self { client, gateways, _running: (envoy, origin, origins) })
    }

    /// The answer to a request of HTTP/1.1, whose host is the service.
    fn ask(&self, gateway: SocketAddr, chain: &str, request: &Request) -> Result<Response> {
        let (service, sni) = (chain.rsplit('.').next().unwrap_or(chain), self.client.sni(chain));
        let greeting = crate::support::mesh::Greeting { server_name: Some(sni), ..Default::default() };
        let connection = self.client.greet(gateway, service, &greeting)?;
        let mut connection = connection.map_err(|reason| anyhow::anyhow!(reason))?;
        connection.exchange(&request.clone().with_header("Connection", "close"))
    }
}

/// A mesh of Consul's 2.x in a file: six services, and intentions with permissions on each.
fn snapshot(
    authority: &Authority,
    leaves: &[(&str, Identity)],
    origin: SocketAddr,
    over_http2: [SocketAddr; 2],
) -> Value {
    let permission = |action: &str, http: Value| json!({"Action": action, "HTTP": http});
    let header = |header: Value| json!({"PathPrefix": "/", "Header": [header]});
    let intention = |service: &str| {
        let mut permissions = vec![permission("deny", json!({"PathPrefix": "/admin"}))];
        if service == "headers" {
            permissions = vec![
                permission(
                    "deny",
                    header(json!({"Name": "user-agent", "Contains": "BOT", "IgnoreCase": true})),
                ),
                permission("deny", header(json!({"Name": "x-exact", "Contains": "Bot"}))),
                permission("deny", header(json!({"Name": "x-end", "Suffix": "-admin", "IgnoreCase": true}))),
                permission(
                    "deny",
                    header(json!({"Name": "x-not", "Contains": "ok", "IgnoreCase": true, "Invert": true})),
                ),
            ];
        }
        permissions.push(permission("allow", json!({"PathPrefix": "/"})));
        json!({"SourceName": CLIENT, "DestinationName": service, "Permissions": permissions})
    };
    let instances =
        |at: SocketAddr| json!([{"Service": {"Address": at.ip().to_string(), "Port": at.port()}}]);
    let leaf = |identity: &Identity| json!({"CertPEM": identity.certificate, "PrivateKeyPEM": identity.key});
    let http = json!({"Protocol": "http"});
    let destination = json!({"Addresses": ["127.0.0.1"], "Port": origin.port()});
    json!({
        "Format": 1,
        "ConsulVersion": "2.1.0",
        "Datacenter": "dc1",
        "DefaultIntention": "deny",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "127.0.0.1"},
        "Roots": {"TrustDomain": TRUST_DOMAIN, "Roots": [{"RootCert": authority.certificate, "Active": true}]},
        "Links": SERVICES.map(|service| json!({"Service": {"Name": service}})),
        "Instances": {
            "web": instances(origin), "sub": instances(origin), "headers": instances(origin),
            "two": instances(over_http2[0]), "rpc": instances(over_http2[1]),
        },
        "Leaves": leaves.iter().map(|(name, identity)| ((*name).to_owned(), leaf(identity))).collect::<serde_json::Map<_, _>>(),
        "ServiceDefaults": {
            "web": http, "sub": http, "headers": http, "two": {"Protocol": "http2"}, "rpc": {"Protocol": "grpc"},
            "dest": {"Protocol": "http", "Destination": destination},
        },
        "ServiceResolvers": {"sub": {"Subsets": {"v1": {}}}},
        "Intentions": SERVICES.map(intention),
    })
}

fn render(snapshot: &Value, flags: &[&str]) -> Result<Value> {
    let arguments = ["render", "--snapshot", "snapshot.json", "--format", "envoy", "--with-secrets"];
    Termgate::new(arguments)?.args(flags).file("snapshot.json", snapshot.to_string())?.succeeds()?.json()
}

/// Puts what `other` has into `config`; what has the same name is the same.
fn merge(config: &mut Value, other: Value) {
    if config.is_null() {
        *config = other;
        return;
    }
    let Value::Object(kinds) = &other["static_resources"] else { return };
    for (kind, resources) in kinds {
        let Some(own) = config["static_resources"][kind].as_array_mut() else { continue };
        for resource in resources.as_array().into_iter().flatten() {
            if own.iter().all(|known| known["name"] != resource["name"]) {
                own.push(resource.clone());
            }
        }
    }
}

/// What became of a request, in the words of [`SPELLINGS`].
fn outcome(response: &Response) -> Result<String> {
    Ok(match response.status {
        200 => response.json()?["path"].as_str().context("no path")?.to_owned(),
        307 => {
            format!("307 {}", crate::support::http::header(&response.headers, "location").unwrap_or_default())
        }
        status => status.to_string(),
    })
}

#[test]
fn every_spelling_of_a_path_ends_as_its_setting_says() -> Result<()> {
    needs!(Envoy);
    ensure!(SPELLINGS.len() >= 30, "only {} spellings", SPELLINGS.len());
    let stage = Stage::new()?;
    let mut wrong = Vec::new();
    for (setting, gateway) in stage.gateways.iter().enumerate() {
        for (spelling, expected) in SPELLINGS {
            let seen = outcome(&stage.ask(*gateway, "web", &Request::new("GET", spelling, "web"))?)?;
            if seen != expected[setting] {
                wrong.push(format!("setting {setting}, {spelling}: {seen}, not {}", expected[setting]));
            }
        }
        // Neither form of a target without a path gets past the deny, or to the service at all.
        for (method, target) in [("OPTIONS", "*"), ("CONNECT", "web:80"), ("CONNECT", "/x"), ("GET", "*")] {
            let response = stage.ask(*gateway, "web", &Request::new(method, target, "web"))?;
            ensure!(response.status >= 400, "{method} {target}: {}", response.status);
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");

    // The other kinds of chains have the same settings.
    for chain in ["sub", "v1.sub", "destination.127-0-0-1.dest"] {
        for (spelling, expected) in
            SPELLINGS.iter().filter(|(spelling, _)| spelling.contains("admin")).take(12)
        {
            let seen =
                outcome(&stage.ask(stage.gateways[1], chain, &Request::new("GET", spelling, "web"))?)?;
            ensure!(seen == expected[1], "{chain}, {spelling}: {seen}, not {}", expected[1]);
        }
    }
    for service in ["two", "rpc"] {
        let method = if service == "rpc" { "POST" } else { "GET" };
        let kind = if service == "rpc" { "application/grpc" } else { "text/plain" };
        for spelling in
            ["/admin", "/x/../admin", "/%61dmin", "/x/%2e%2e/admin", "//admin", "/x/..%2Fadmin", "/a"]
        {
            let (_, expected) =
                SPELLINGS.iter().find(|(known, _)| *known == spelling).unwrap_or(&("/a", ["/a"; 6]));
            for (setting, gateway) in stage.gateways.iter().enumerate() {
                let request = Request::new(method, spelling, service).with_header("content-type", kind);
                let spiffe_id = stage.client.spiffe_id(service);
                let outcome = match http2::send(&stage.client, *gateway, service, &spiffe_id, &request)? {
                    Outcome::Answered(response) => over_http2(&response)?,
                    Outcome::Refused(reason) => reason,
                };
                // Envoy does not redirect gRPC, but refuses it.
                let is_redirect = service == "rpc" && expected[setting].starts_with("307");
                let expected = if is_redirect { "400" } else { expected[setting] };
                ensure!(
                    outcome == expected,
                    "{service}, setting {setting}, {spelling}: {outcome}, not {expected}"
                );
            }
        }
    }

    headers_are_matched_and_handled(&stage)
}

/// What became of a request over HTTP/2; gRPC says a refusal in its own status.
fn over_http2(response: &Response) -> Result<String> {
    match crate::support::http::header(&response.headers, "grpc-status") {
        Some("7") => Ok("403".to_owned()),
        Some(status) if status != "0" && response.body.is_empty() => Ok("400".to_owned()),
        _ => outcome(response),
    }
}

/// `Contains` and `IgnoreCase`, and what becomes of headers with `_` in their name.
fn headers_are_matched_and_handled(stage: &Stage) -> Result<()> {
    for (name, value, status) in [
        ("user-agent", "a robot", 403),
        ("user-agent", "ROBOT/1", 403),
        ("user-agent", "curl", 200),
        ("x-exact", "aBotb", 403),
        ("x-exact", "abotb", 200),
        ("x-end", "team-ADMIN", 403),
        ("x-end", "admin-team", 200),
        ("x-not", "is OK", 200),
        ("x-not", "no", 403),
    ] {
        let request = Request::new("GET", "/", "headers").with_header(name, value);
        let response = stage.ask(stage.gateways[1], "headers", &request)?;
        ensure!(response.status == status, "{name}: {value}: {}", response.status);
    }
    let request = Request::new("GET", "/", "web").with_header("x_role", "admin");
    for (setting, expected) in [(1, Some(true)), (2, Some(false)), (3, None)] {
        let response = stage.ask(stage.gateways[setting], "web", &request)?;
        match expected {
            Some(arrives) => {
                ensure!(response.json()?["headers"].get("x_role").is_some() == arrives, "setting {setting}");
            }
            None => ensure!(response.status == 400, "setting {setting}: {}", response.status),
        }
    }
    Ok(())
}

#[test]
fn normalisation_is_off_by_the_flag_the_variable_or_the_mesh_entry_and_by_nothing_a_service_has() -> Result<()>
{
    let authority = Authority::of_mesh(TRUST_DOMAIN)?;
    let leaves = SERVICES.map(|service| (service, Identity { certificate: "C".into(), key: "K".into() }));
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let mut snapshot = snapshot(&authority, &leaves, nowhere, [nowhere; 2]);
    snapshot["Gateway"]["Port"] = json!(8443);
    let arguments = ["render", "--snapshot", "snapshot.json", "--format", "resources"];
    let command = |snapshot: &Value| Termgate::new(arguments)?.file("snapshot.json", snapshot.to_string());
    let normalises = |command: Termgate| -> Result<(bool, String)> {
        let output = command.succeeds()?;
        let count = |text: &str| output.stdout.matches(text).count();
        let (managers, normalising) =
            (count(".v3.HttpConnectionManager\""), count("\"normalize_path\": true"));
        ensure!(normalising == 0 || normalising == managers, "{normalising} of {managers}");
        Ok((normalising > 0, output.stderr))
    };
    let (default, said) = normalises(command(&snapshot)?)?;
    ensure!(default && said.contains("`//admin` gets past the deny on PathPrefix `/admin`"), "{said}");
    ensure!(!said.contains("InsecureDisablePathNormalization"), "{said}");
    let variable = "TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION";
    for off in [
        command(&snapshot)?.arg("--insecure-disable-path-normalization"),
        command(&snapshot)?.env(variable, "true"),
    ] {
        let (normalises, said) = normalises(off)?;
        ensure!(!normalises && said.contains("`/x/../admin` gets past the deny"), "{said}");
    }
    let key = "insecure_disable_path_normalization";
    snapshot["Gateway"]["Proxy"] =
        json!({"Config": {key: true, "InsecureDisablePathNormalization": true, "normalize_path": false}});
    snapshot["ProxyDefaults"] = json!({"Config": {key: true}, "InsecureDisablePathNormalization": true});
    snapshot["ServiceDefaults"]["web"] =
        json!({"Protocol": "http", "InsecureDisablePathNormalization": true});
    ensure!(normalises(command(&snapshot)?)?.0, "a service's own settings switch it off");
    snapshot["Mesh"] =
        json!({"HTTP": {"Incoming": {"RequestNormalization": {"InsecureDisablePathNormalization": true}}}});
    ensure!(!normalises(command(&snapshot)?)?.0, "the mesh entry does not switch it off");
    Ok(())
}
